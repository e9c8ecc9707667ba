import { type FailureKind, failureKinds } from "../core/failure-kind.ts";
import { phaseNames } from "../core/request-phase.ts";
import { forgetDecoded } from "../stats/decoded-histograms.ts";
import type { EndpointRecorder } from "../stats/endpoint-recorder.ts";
import type { HealthReport } from "../stats/health-sample.ts";
import type { IntervalRecorder } from "../stats/interval-recorder.ts";
import {
  type EndpointReport,
  type ErrorCount,
  type IntervalReport,
  type LoadProgress,
  type SeriesKind,
  seriesKinds,
  type UserPeaks,
} from "../stats/interval-report.ts";
import type { PhaseSum } from "../stats/phase-sums.ts";
import { ByteReader, type ByteWriter } from "./bytes.ts";
import { ProtocolError } from "./channel.ts";
import {
  readHealth,
  readHistogram,
  readMetric,
  readSample,
  readSlow,
  readTasks,
  writeHealth,
  writeHistogram,
  writeMetric,
  writeSample,
  writeSlowest,
  writeTasks,
} from "./report-blocks.ts";
import { longestKeyBytes, longestNameBytes, longestTextBytes, mostItems } from "./report-limits.ts";

/*
 * A report frame. Numbers are unsigned LEB128 unless stated otherwise; text and lists follow their length.
 *
 *   frame     version sequence window windowCount completed failed interrupted dropped started
 *             failedStarts tasks* unawaited* counted* load* peakUsers users*
 *             isOpen [lag blocked] endpoint* series* check* metric* (report-blocks.ts) error* slow* health (report-blocks.ts)
 *   tasks     report-blocks.ts
 *   unawaited name requests
 *   counted   scenario completed (since the start of the run)
 *   load      scenario made late dropped asked (since the start of the run)
 *   users     className count
 *   endpoint  method name requests bytesIn bytesOut failure* service hasResponse [response] phase*
 *   service, response, lag, blocked: report-blocks.ts
 *   phase     position in phaseNames, requests sum max (microseconds)
 *   series    kind (position in seriesKinds) endpoint
 *   failure   kind (position in failureKinds) count
 *   check     name passes failures
 *   error     method name kind (position; failureKinds.length = exception) message count stack sample*
 *   sample, slow: report-blocks.ts
 *
 * Each frame contains all names, so that a master that has just restarted can read it.
 */
const frameVersion = 12;

/** The windows of a report: `count` windows from `first` on. `count` is 1 unless the master was unreachable for a while. */
export interface ReportSpan {
  readonly first: number;
  readonly count: number;
}

/**
 * Encodes the contents of `recorder`; the caller resets it. `users` are the highest numbers of users in the window; `load` is
 * the worker's progress in each scenario.
 */
export function encodeReport(
  writer: ByteWriter,
  sequence: number,
  span: ReportSpan,
  recorder: IntervalRecorder,
  users: UserPeaks,
  health: HealthReport | null = null,
  load: readonly LoadProgress[] = [],
): Uint8Array {
  writer.reset();
  for (const value of [
    frameVersion,
    sequence,
    span.first,
    span.count,
    recorder.completedIterations,
    recorder.failedIterations,
    recorder.interruptedIterations,
    recorder.droppedIterations,
    recorder.startedUsers,
    recorder.failedStarts,
  ]) {
    writer.varint(value);
  }
  const tasks = recorder.tasks.list();
  writer.varint(tasks.length);
  for (const one of tasks) writeTasks(writer, one);
  const unawaited = [...recorder.unawaited].filter(([, requests]) => requests > 0);
  writer.varint(unawaited.length);
  for (const [name, requests] of unawaited) {
    writer.text(name);
    writer.varint(requests);
  }
  writer.varint(recorder.countedIterations.size);
  for (const [scenario, completed] of recorder.countedIterations) {
    writer.varint(scenario);
    writer.varint(completed);
  }
  writer.varint(load.length);
  for (const { scenario, made, late, dropped, asked } of load) {
    for (const value of [scenario, made, late, dropped, asked]) writer.varint(value);
  }
  writer.varint(users.peak);
  writer.varint(users.byClass.size);
  for (const [className, count] of users.byClass) {
    writer.text(className);
    writer.varint(count);
  }
  writer.varint(recorder.hasOpenLoad ? 1 : 0);
  if (recorder.hasOpenLoad) {
    writeHistogram(writer, recorder.scheduleLag);
    writeHistogram(writer, recorder.blockedTime);
  }
  // Messages of an open WebSocket are bytes of its connect, which was counted in an earlier report.
  const active = recorder.endpoints.filter(({ requests, bytesIn, bytesOut }) => requests + bytesIn + bytesOut > 0);
  writer.varint(active.length);
  for (const endpoint of active) writeEndpoint(writer, endpoint);
  const series = recorder.series.filter(({ samples }) => samples.requests > 0);
  writer.varint(series.length);
  for (const { kind, samples } of series) {
    writer.varint(seriesKinds.indexOf(kind));
    writeEndpoint(writer, samples);
  }
  const checks = [...recorder.checks].filter(([, counts]) => counts.passes + counts.failures > 0);
  writer.varint(checks.length);
  for (const [name, counts] of checks) {
    writer.text(name);
    writer.varint(counts.passes);
    writer.varint(counts.failures);
  }
  writer.varint(recorder.metrics.size);
  for (const [name, metric] of recorder.metrics) writeMetric(writer, name, metric);
  writer.varint(recorder.errors.size);
  for (const error of recorder.errors.values()) writeError(writer, error);
  writeSlowest(writer, recorder.slowest.ofInterval);
  writeHealth(writer, health);
  return writer.finish();
}

/**
 * Decodes a report. @throws ProtocolError or HistogramFormatError if the bytes are not a valid report, before anything is
 * merged
 */
export function decodeReport(bytes: Uint8Array): IntervalReport {
  const reader = new ByteReader(bytes);
  forgetDecoded();
  if (reader.varint() !== frameVersion) throw new ProtocolError("unknown version of the report frame");
  const report: IntervalReport = {
    sequence: reader.varint(),
    window: reader.varint(),
    windowCount: reader.varint(),
    iterations: {
      completed: reader.varint(),
      failed: reader.varint(),
      interrupted: reader.varint(),
      dropped: reader.varint(),
    },
    starts: { succeeded: reader.varint(), failed: reader.varint() },
    tasks: reader.list(mostItems.classes, () => readTasks(reader)),
    unawaited: reader.list(mostItems.unawaited, () => ({
      name: reader.text(longestNameBytes),
      requests: reader.varint(),
    })),
    counted: reader.list(mostItems.scenarios, () => [reader.varint(), reader.varint()] as const),
    load: reader.list(mostItems.scenarios, () => ({
      scenario: reader.varint(),
      made: reader.varint(),
      late: reader.varint(),
      dropped: reader.varint(),
      asked: reader.varint(),
    })),
    peakUsers: reader.varint(),
    users: reader.list(mostItems.classes, () => ({
      className: reader.text(longestNameBytes),
      count: reader.varint(),
    })),
    scheduling:
      reader.varint() === 0 ? null : { scheduleLag: readHistogram(reader), blockedTime: readHistogram(reader) },
    endpoints: reader.list(mostItems.endpoints, () => readEndpoint(reader)),
    series: reader.list(mostItems.series, () => ({
      kind: seriesKind(reader.varint()),
      samples: readEndpoint(reader, longestKeyBytes),
    })),
    checks: reader.list(mostItems.checks, () => ({
      name: reader.text(longestNameBytes),
      passes: reader.varint(),
      failures: reader.varint(),
    })),
    metrics: reader.list(mostItems.metrics, () => readMetric(reader)),
    errors: reader.list(mostItems.errors, () => readError(reader)),
    ...readSlowest(reader),
    health: readHealth(reader),
  };
  if (report.windowCount < 1) throw new ProtocolError("the report covers no window");
  if (!reader.atEnd) throw new ProtocolError("the report frame is longer than its content");
  return report;
}

/** Reads the slowest requests, which most reports do not have. */
function readSlowest(reader: ByteReader): Pick<IntervalReport, "slowest"> {
  const slowest = reader.list(mostItems.slowest, () => readSlow(reader));
  return slowest.length === 0 ? {} : { slowest };
}

function writeEndpoint(writer: ByteWriter, endpoint: EndpointRecorder): void {
  writer.text(endpoint.method);
  writer.text(endpoint.name);
  writer.varint(endpoint.requests);
  writer.varint(endpoint.bytesIn);
  writer.varint(endpoint.bytesOut);
  writer.varint(endpoint.failures.reduce((kinds, count) => (count > 0 ? kinds + 1 : kinds), 0));
  endpoint.failures.forEach((count, kind) => {
    if (count === 0) return;
    writer.varint(kind);
    writer.varint(count);
  });
  writeHistogram(writer, endpoint.serviceTime);
  writer.varint(endpoint.responseTime === null ? 0 : 1);
  if (endpoint.responseTime !== null) writeHistogram(writer, endpoint.responseTime);
  const phases = endpoint.phases.list();
  writer.varint(phases.length);
  for (const { phase, requests, sumMicros, maxMicros } of phases) {
    writer.varint(phase);
    writer.varint(requests);
    writer.varint(sumMicros);
    writer.varint(maxMicros);
  }
}

function readEndpoint(reader: ByteReader, longestBytes = longestNameBytes): EndpointReport {
  const endpoint: EndpointReport = {
    method: reader.text(longestNameBytes),
    name: reader.text(longestBytes),
    requests: reader.varint(),
    bytesIn: reader.varint(),
    bytesOut: reader.varint(),
    failures: reader.list(mostItems.failureKinds, () => ({
      kind: failureKind(reader.varint()),
      count: reader.varint(),
    })),
    serviceTime: readHistogram(reader),
    responseTime: reader.varint() === 0 ? null : readHistogram(reader),
    phases: reader.list(mostItems.phases, () => readPhase(reader)),
  };
  const { requests, failures, serviceTime, responseTime, phases } = endpoint;
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  // Requests that a stall of the worker touched are counted without their times.
  const isMore = serviceTime.count > requests || failed > requests;
  if (isMore || (responseTime ?? serviceTime).count !== serviceTime.count) {
    throw new ProtocolError("the counts of an endpoint disagree");
  }
  if (phases.some((phase) => phase.requests > requests)) {
    throw new ProtocolError("a phase has more requests than its endpoint");
  }
  return endpoint;
}

function readPhase(reader: ByteReader): PhaseSum {
  const phase = reader.varint();
  if (phase >= phaseNames.length) throw new ProtocolError(`unknown phase ${phase}`);
  return { phase, requests: reader.varint(), sumMicros: reader.varint(), maxMicros: reader.varint() };
}

function writeError(writer: ByteWriter, error: ErrorCount): void {
  writer.text(error.method);
  writer.text(error.name);
  writer.varint(error.kind === "exception" ? failureKinds.length : failureKinds.indexOf(error.kind));
  writer.text(error.message);
  writer.varint(error.count);
  writer.text(error.stack);
  const { samples = [] } = error;
  writer.varint(samples.length);
  for (const sample of samples) writeSample(writer, sample);
}

function readError(reader: ByteReader): ErrorCount {
  const method = reader.text(longestNameBytes);
  const name = reader.text(longestNameBytes);
  const kind = reader.varint();
  const error: ErrorCount = {
    method,
    name,
    kind: kind === failureKinds.length ? "exception" : failureKind(kind),
    message: reader.text(longestTextBytes),
    count: reader.varint(),
    stack: reader.text(longestTextBytes),
  };
  const samples = reader.list(mostItems.samples, () => readSample(reader));
  return samples.length === 0 ? error : { ...error, samples };
}

function failureKind(position: number): FailureKind {
  const kind = failureKinds[position];
  if (kind === undefined) throw new ProtocolError(`unknown failure kind ${position}`);
  return kind;
}

function seriesKind(position: number): SeriesKind {
  const kind = seriesKinds[position];
  if (kind === undefined) throw new ProtocolError(`unknown kind of series ${position}`);
  return kind;
}
