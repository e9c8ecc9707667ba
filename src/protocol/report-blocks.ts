import type { FailedRequest } from "../stats/evidence/failed-request.ts";
import type { SlowRequest } from "../stats/evidence/slow-request.ts";
import type { HealthReport } from "../stats/health-sample.ts";
import { encodedSizeBound, encodeInto, validateEncoded } from "../stats/histogram/codec.ts";
import type { CumulativeHistogram } from "../stats/histogram/cumulative-histogram.ts";
import type { IntervalHistogram } from "../stats/histogram/interval-histogram.ts";
import type { ClassTasks, EncodedHistogram, ScalarReport } from "../stats/interval-report.ts";
import type { ScalarMetric } from "../stats/scalar-metric.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { ProtocolError } from "./channel.ts";
import { longestKeyBytes, longestNameBytes, longestTextBytes, mostItems } from "./report-limits.ts";

/*
 * The worker's health in a report frame: 0 if it was not measured, else 1 and
 *
 *   utilisation (millionths) loopDelayP99 loopDelayMax scheduleLagP99? gc (microseconds) heap rss (bytes)
 *   cpu (millionths of a core) sockets fileDescriptors fileDescriptorLimit? p50? (microseconds)
 *
 * An optional value (?) is 0 if it is missing, else its value plus one.
 */

export function writeHealth(writer: ByteWriter, health: HealthReport | null): void {
  writer.varint(health === null ? 0 : 1);
  if (health === null) return;
  writer.varint(scaled(health.utilisation, 1e6));
  writer.varint(scaled(health.loopDelayP99Ms, 1e3));
  writer.varint(scaled(health.loopDelayMaxMs, 1e3));
  writer.varint(optional(health.scheduleLagP99Ms, 1e3));
  writer.varint(scaled(health.gcMs, 1e3));
  writer.varint(scaled(health.heapAfterGcBytes, 1));
  writer.varint(scaled(health.rssBytes, 1));
  writer.varint(scaled(health.cpu, 1e6));
  writer.varint(scaled(health.sockets, 1));
  writer.varint(scaled(health.fileDescriptors, 1));
  writer.varint(optional(health.fileDescriptorLimit, 1));
  writer.varint(optional(health.p50Ms, 1e3));
}

/** Reads the worker's health. @throws ProtocolError if the frame ends too early */
export function readHealth(reader: ByteReader): HealthReport | null {
  if (reader.varint() === 0) return null;
  return {
    // Two clocks are read one after the other, so the quotient can exceed 1.
    utilisation: Math.min(1, reader.varint() / 1e6),
    loopDelayP99Ms: reader.varint() / 1e3,
    loopDelayMaxMs: reader.varint() / 1e3,
    scheduleLagP99Ms: readOptional(reader, 1e3),
    gcMs: reader.varint() / 1e3,
    heapAfterGcBytes: reader.varint(),
    rssBytes: reader.varint(),
    cpu: reader.varint() / 1e6,
    sockets: reader.varint(),
    fileDescriptors: reader.varint(),
    fileDescriptorLimit: readOptional(reader, 1),
    p50Ms: readOptional(reader, 1e3),
  };
}

function scaled(value: number, factor: number): number {
  return Math.max(0, Math.round(value * factor));
}

function optional(value: number | null, factor: number): number {
  return value === null ? 0 : scaled(value, factor) + 1;
}

function readOptional(reader: ByteReader, factor: number): number | null {
  const value = reader.varint();
  return value === 0 ? null : (value - 1) / factor;
}

/* A histogram in a report frame: count min max sum (microseconds), length (uint32), V2 bytes. */

export function writeHistogram(writer: ByteWriter, histogram: IntervalHistogram | CumulativeHistogram): void {
  writer.varint(histogram.count);
  writer.varint(histogram.minMicros);
  writer.varint(histogram.maxMicros);
  writer.varint(histogram.sumMicros);
  writer.block(encodedSizeBound(histogram), (target, offset) => encodeInto(histogram, target, offset));
}

/** Reads a histogram. @throws ProtocolError or HistogramFormatError if it is not valid */
export function readHistogram(reader: ByteReader): EncodedHistogram {
  const encoded = {
    count: reader.varint(),
    minMicros: reader.varint(),
    maxMicros: reader.varint(),
    sumMicros: reader.varint(),
    bytes: reader.block(),
  };
  // A recorder counts in 32 bits; a larger count is not valid and would overflow sums.
  if (encoded.count > 0xffff_ffff) throw new ProtocolError(`a histogram of ${encoded.count} samples is too large`);
  validateEncoded(encoded);
  return encoded;
}

/*
 * A metric of the test in a report frame: name kind, and by its kind
 *
 *   0 counter  sum (a double)
 *   1 rate     count total
 *   2 gauge    value min max atMs (doubles)
 */

export function writeMetric(writer: ByteWriter, name: string, metric: ScalarMetric): void {
  writer.text(name);
  switch (metric.kind) {
    case "counter":
      writer.varint(0);
      writer.double(metric.sum);
      return;
    case "rate":
      writer.varint(1);
      writer.varint(metric.count);
      writer.varint(metric.total);
      return;
    case "gauge":
      writer.varint(2);
      for (const value of [metric.value, metric.min, metric.max, metric.atMs]) writer.double(value);
      return;
  }
}

/** Reads a metric. @throws ProtocolError if it is not valid */
export function readMetric(reader: ByteReader): ScalarReport {
  const name = reader.text(longestKeyBytes);
  const kind = reader.varint();
  if (kind === 0) return { name, metric: { kind: "counter", sum: reader.double() } };
  if (kind === 1) {
    const [count, total] = [reader.varint(), reader.varint()];
    if (count > total) throw new ProtocolError("the count of a rate exceeds its total");
    return { name, metric: { kind: "rate", count, total } };
  }
  if (kind !== 2) throw new ProtocolError(`unknown kind of metric ${kind}`);
  const [value, min, max, atMs] = [reader.double(), reader.double(), reader.double(), reader.double()];
  return { name, metric: { kind: "gauge", value, min, max, atMs } };
}

/*
 * The executions of the tasks of one class in a report frame.
 *
 *   tasks  scenario className task*
 *   task   name executions
 */
export function writeTasks(writer: ByteWriter, { scenario, className, tasks }: ClassTasks): void {
  writer.text(scenario);
  writer.text(className);
  writer.varint(tasks.length);
  for (const { name, executions } of tasks) {
    writer.text(name);
    writer.varint(executions);
  }
}

export function readTasks(reader: ByteReader): ClassTasks {
  return {
    scenario: reader.text(longestNameBytes),
    className: reader.text(longestNameBytes),
    tasks: reader.list(mostItems.tasks, () => ({ name: reader.text(longestNameBytes), executions: reader.varint() })),
  };
}

/*
 * A failed request in a report frame: atMs user durationMs (a double) request requestBody response responseBody phaseMs*
 * (doubles) traceId (empty without one)
 */

export function writeSample(writer: ByteWriter, sample: FailedRequest): void {
  writer.varint(scaled(sample.atMs, 1));
  writer.varint(scaled(sample.user, 1));
  writer.double(sample.durationMs);
  for (const text of [sample.request, sample.requestBody, sample.response, sample.responseBody]) writer.text(text);
  writer.varint(sample.phasesMs.length);
  for (const phaseMs of sample.phasesMs) writer.double(phaseMs);
  writer.text(sample.traceId ?? "");
}

/** Reads a failed request. @throws ProtocolError if it is not valid */
export function readSample(reader: ByteReader): FailedRequest {
  const sample: FailedRequest = {
    worker: 0,
    atMs: reader.varint(),
    user: reader.varint(),
    durationMs: reader.double(),
    request: reader.text(longestTextBytes),
    requestBody: reader.text(longestTextBytes),
    response: reader.text(longestTextBytes),
    responseBody: reader.text(longestTextBytes),
    phasesMs: reader.list(mostItems.phases, () => reader.double()),
  };
  const traceId = reader.text(traceIdBytes);
  if (traceId !== "") requireTraceId(traceId);
  return traceId === "" ? sample : { ...sample, traceId };
}

/*
 * One of the slowest requests of an endpoint in a report frame: method name atMs user status serviceMs responseMs (doubles)
 * traceId
 */

export function writeSlowest(writer: ByteWriter, requests: { each(): Iterable<SlowRequest> }): void {
  const slowest = [...requests.each()];
  writer.varint(slowest.length);
  for (const slow of slowest) writeSlow(writer, slow);
}

function writeSlow(writer: ByteWriter, slow: SlowRequest): void {
  writer.text(slow.method);
  writer.text(slow.name);
  writer.varint(scaled(slow.atMs, 1));
  writer.varint(scaled(slow.user, 1));
  writer.varint(slow.status);
  writer.double(slow.serviceMs);
  writer.double(slow.responseMs);
  writer.text(slow.traceId);
}

/** Reads one of the slowest requests. @throws ProtocolError if it is not valid */
export function readSlow(reader: ByteReader): SlowRequest {
  const slow = {
    worker: 0,
    method: reader.text(longestNameBytes),
    name: reader.text(longestNameBytes),
    atMs: reader.varint(),
    user: reader.varint(),
    status: reader.varint(),
    serviceMs: reader.double(),
    responseMs: reader.double(),
    traceId: reader.text(traceIdBytes),
  };
  requireTraceId(slow.traceId);
  return slow;
}

const traceIdBytes = 32;

/** Refuses a text that is not a trace id, because trace ids are shown as they are. */
function requireTraceId(text: string): void {
  if (!/^[0-9a-f]{32}$/.test(text)) throw new ProtocolError("a trace id is not 32 lower-case hexadecimal digits");
}
