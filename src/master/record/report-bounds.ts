import { phaseNames } from "../../core/request-phase.ts";
import { ProtocolError } from "../../protocol/channel.ts";
import type { SlowRequest } from "../../stats/evidence/slow-request.ts";
import type { HealthReport } from "../../stats/health-sample.ts";
import type { EncodedHistogram, EndpointReport, ErrorCount, IntervalReport } from "../../stats/interval-report.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { ScalarMetric } from "../../stats/scalar-metric.ts";

/*
 * The limits of the values in a report of one worker. A worker of muster stays far below each of them. A report beyond one
 * is false or from a broken worker, and is refused as a whole.
 */

/** Requests, checks, iterations and the like in one second of one worker. A thread of JavaScript counts fewer. */
const mostCountsPerSecond = 1e8;
/** A network of 8 Tbit/s. */
const mostBytesPerSecond = 1e12;
const mostUsers = 1e7;
/** The sum of a counter in one report; a test adds at most 2^53 - 1 at a time. */
const largestSum = 1e100;
/** The clock of a worker follows the master's to half a round trip, and a socket whose round trip takes 5 s is dead. */
export const clockMarginMs = 5_000;
/**
 * If the master's machine is suspended or moved, its clock may stand still for up to this long, while the workers
 * continue.
 */
const mostAheadMs = 60_000;
/** A time that a worker has measured cannot be longer than the run, but for what its clock was corrected by. */
const timeMarginMs = 60_000;
const mostMemoryBytes = 2 ** 50;
const mostCores = 1e5;
const mostOpenFiles = 2 ** 31;
const windowMs = 1_000;

/** The state of the run and of the worker when a report arrives. */
export interface ReportedSoFar {
  /** The time of the run; its latest possible value while a restarted master does not know it. */
  readonly atMs: number;
  /** The end of the worker's last report, in ms since the start of the run; null before its first. */
  readonly reportedToMs: number | null;
  /** Whether reports between the last one and this one are lost. */
  readonly hasGap?: boolean;
}

/**
 * Refuses reports with impossible values, and reports that would make a sum of the run larger than JSON and the store
 * can hold.
 */
export class ReportBounds {
  #counts: number;
  #bytes: number;

  /** @param known the totals of a resumed run */
  constructor(known: Pick<RunTotals, "merged"> | null = null) {
    const { requests, bytesIn, bytesOut } = known?.merged() ?? { requests: 0, bytesIn: 0, bytesOut: 0 };
    this.#counts = requests;
    this.#bytes = bytesIn + bytesOut;
  }

  /** @throws ProtocolError that names what is impossible; then nothing of the report may be merged */
  require(report: IntervalReport, soFar: ReportedSoFar): void {
    requireWindow(report, soFar);
    requireTimes(report);
    const counts = countsOf(report);
    const bytes = report.endpoints.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0);
    require(counts <= mostCountsPerSecond * report.windowCount, "more requests, iterations or checks than can be");
    require(bytes <= mostBytesPerSecond * report.windowCount, "more bytes than can be");
    for (const { samples } of report.series) {
      require(samples.requests <= mostCountsPerSecond * report.windowCount, "a series with more values than can be");
      require(samples.bytesIn + samples.bytesOut <= mostBytesPerSecond * report.windowCount, "more bytes than can be");
    }
    requireUsers(report);
    requireProgress(report);
    for (const { metric } of report.metrics) requireMetric(metric, report);
    for (const error of report.errors) requireSamples(error, endOf(report));
    for (const slow of report.slowest ?? []) requireSlow(slow, endOf(report));
    if (report.health !== null) requireHealth(report.health, endOf(report));
    require(this.#counts + counts <= Number.MAX_SAFE_INTEGER, "the counts of the run would exceed 2^53");
    require(this.#bytes + bytes <= Number.MAX_SAFE_INTEGER, "the bytes of the run would exceed 2^53");
    this.#counts += counts;
    this.#bytes += bytes;
  }
}

function require(holds: boolean, what: string): void {
  if (!holds) throw new ProtocolError(`impossible report: ${what}`);
}

function endOf({ window, windowCount }: IntervalReport): number {
  return (window + windowCount) * windowMs;
}

/**
 * Whether a report covers a time that workers cannot have reached yet. The last report of a load is sent before its
 * second is over.
 */
export function isToCome(report: IntervalReport, atMs: number): boolean {
  return endOf(report) - windowMs > atMs + mostAheadMs;
}

/**
 * Requires that the reports of a worker follow each other without an overlap, and without a gap unless reports are
 * lost.
 */
function requireWindow(report: IntervalReport, { atMs, reportedToMs, hasGap = false }: ReportedSoFar): void {
  const { window } = report;
  const startMs = window * windowMs;
  const follows = reportedToMs === null || startMs === reportedToMs || (hasGap && startMs > reportedToMs);
  require(follows, `it begins at second ${window}, and the one before ended at ${(reportedToMs ?? 0) / windowMs}`);
  require(!isToCome(report, atMs), "it is of a window to come");
}

function requireTimes(report: IntervalReport): void {
  const longestMicros = (endOf(report) + timeMarginMs) * 1_000;
  const requireHistogram = (histogram: EncodedHistogram | null) => {
    require((histogram?.maxMicros ?? 0) <= longestMicros, "a time longer than the run");
  };
  const requireEndpoint = ({ serviceTime, responseTime, phases }: EndpointReport) => {
    requireHistogram(serviceTime);
    requireHistogram(responseTime);
    for (const { requests, maxMicros, sumMicros } of phases) {
      const isPossible = maxMicros <= longestMicros && sumMicros <= requests * maxMicros && sumMicros >= maxMicros;
      require(isPossible, "a phase of a request that cannot be");
    }
  };
  report.endpoints.forEach(requireEndpoint);
  // The values of a trend are not times.
  for (const { kind, samples } of report.series) if (kind !== "trend") requireEndpoint(samples);
  requireHistogram(report.scheduling?.scheduleLag ?? null);
  requireHistogram(report.scheduling?.blockedTime ?? null);
}

function countsOf({
  iterations,
  starts,
  tasks,
  unawaited,
  endpoints,
  checks,
  metrics,
  errors,
}: IntervalReport): number {
  require(iterations.failed <= iterations.completed, "more iterations failed than were completed");
  let sum = iterations.completed + iterations.interrupted + iterations.dropped + starts.succeeded + starts.failed;
  for (const { requests } of endpoints) sum += requests;
  for (const one of tasks) for (const { executions } of one.tasks) sum += executions;
  for (const { requests } of unawaited) sum += requests;
  for (const { passes, failures } of checks) sum += passes + failures;
  for (const { count } of errors) sum += count;
  for (const { metric } of metrics) if (metric.kind === "rate") sum += metric.total;
  return sum;
}

function requireUsers({ peakUsers, users }: IntervalReport): void {
  require(peakUsers <= mostUsers, "more users than can be");
  require(users.every(({ count }) => count <= peakUsers), "more users of a class than of all classes");
}

/** Requires possible values for the load since the start of the run: iterations, or milliseconds of users. */
function requireProgress(report: IntervalReport): void {
  const seconds = (endOf(report) + timeMarginMs) / windowMs;
  const most = mostUsers * windowMs * seconds;
  for (const { made, late, dropped, asked } of report.load) {
    require(Math.max(made, late, dropped, asked) <= most, "more load than can be");
  }
  for (const [, completed] of report.counted)
    require(completed <= mostCountsPerSecond * seconds, "more load than can be");
}

function requireMetric(metric: ScalarMetric, report: IntervalReport): void {
  if (metric.kind === "counter") require(Math.abs(metric.sum) <= largestSum, "a counter above 1e100");
  if (metric.kind !== "gauge") return;
  const { value, min, max, atMs } = metric;
  require(min <= value && value <= max, "a gauge outside of its bounds");
  require(atMs >= -clockMarginMs && atMs <= endOf(report) + clockMarginMs, "a gauge of another time");
}

function requireSamples({ samples = [] }: ErrorCount, endMs: number): void {
  for (const { atMs, durationMs, phasesMs } of samples) {
    require(atMs <= endMs + clockMarginMs, "a failed request of another time");
    const isTime = (ms: number) => Math.abs(ms) <= endMs + timeMarginMs;
    const arePhases = phasesMs.length <= phaseNames.length && phasesMs.every(isTime);
    require(isTime(durationMs) && arePhases, "a failed request that took longer than the run");
  }
}

function requireSlow({ atMs, status, serviceMs, responseMs }: SlowRequest, endMs: number): void {
  require(atMs <= endMs + clockMarginMs, "a slow request of another time");
  const isTime = (ms: number) => ms >= 0 && ms <= endMs + timeMarginMs;
  require(isTime(serviceMs) && isTime(responseMs), "a slow request that took longer than the run");
  require(status <= 999, "a status above 999");
}

function requireHealth(health: HealthReport, endMs: number): void {
  const times = [health.loopDelayP99Ms, health.loopDelayMaxMs, health.scheduleLagP99Ms, health.gcMs, health.p50Ms];
  require(times.every((ms) => (ms ?? 0) <= endMs + timeMarginMs), "a delay longer than the run");
  require(Math.max(health.heapAfterGcBytes, health.rssBytes) <= mostMemoryBytes, "more memory than can be");
  require(health.cpu <= mostCores, "more CPU time than can be");
  require(Math.max(health.sockets, health.fileDescriptors) <= mostOpenFiles, "more sockets than can be");
}
