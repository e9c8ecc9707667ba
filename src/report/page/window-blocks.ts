import type { FailureKind } from "../../core/failure-kind.ts";
import { countsInTotals, isOfOnStop } from "../../core/measure-kind.ts";
import { decodeAndAdd } from "../../stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import type { CheckCounts, ClassTasks, EndpointReport, SeriesReport } from "../../stats/interval-report.ts";
import { PhaseSums } from "../../stats/phase-sums.ts";
import { mergeScalars, type ScalarMetric } from "../../stats/scalar-metric.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import { mergedTrends, mergeInto, type TrendSum } from "./metric-values.ts";

/** One endpoint, or all of them, in one block. */
export class BlockEndpoint {
  readonly method: string;
  readonly name: string;
  requests = 0;
  failures = 0;
  readonly failureKinds = new Map<FailureKind, number>();
  bytesIn = 0;
  bytesOut = 0;
  readonly responseTime = new CumulativeHistogram();
  readonly phases = new PhaseSums();
  /** The service times, from the first one that differs from its response time; null in a closed load, where none differs. */
  #ownServiceTime: CumulativeHistogram | null = null;

  constructor(method: string, name: string) {
    this.method = method;
    this.name = name;
  }

  /** The service times. They are the response times as long as none differs. */
  get serviceTime(): CumulativeHistogram {
    return this.#ownServiceTime ?? this.responseTime;
  }

  get hasOwnServiceTime(): boolean {
    return this.#ownServiceTime !== null;
  }

  add(report: EndpointReport): void {
    this.requests += report.requests;
    for (const { kind, count } of report.failures) this.#addFailures(kind, count);
    this.bytesIn += report.bytesIn;
    this.bytesOut += report.bytesOut;
    for (const phase of report.phases) this.phases.add(phase);
    if (report.responseTime !== null) this.#keepServiceTimeApart();
    if (this.#ownServiceTime !== null) decodeAndAdd(report.serviceTime, this.#ownServiceTime);
    decodeAndAdd(report.responseTime ?? report.serviceTime, this.responseTime);
  }

  merge(other: BlockEndpoint): void {
    this.requests += other.requests;
    for (const [kind, count] of other.failureKinds) this.#addFailures(kind, count);
    this.bytesIn += other.bytesIn;
    this.bytesOut += other.bytesOut;
    this.phases.merge(other.phases);
    if (other.hasOwnServiceTime) this.#keepServiceTimeApart();
    this.#ownServiceTime?.add(other.serviceTime);
    this.responseTime.add(other.responseTime);
  }

  reset(): void {
    this.requests = 0;
    this.failures = 0;
    this.failureKinds.clear();
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.phases.reset();
    this.responseTime.reset();
    this.#ownServiceTime?.reset();
  }

  #addFailures(kind: FailureKind, count: number): void {
    this.failures += count;
    this.failureKinds.set(kind, (this.failureKinds.get(kind) ?? 0) + count);
  }

  #keepServiceTimeApart(): void {
    if (this.#ownServiceTime !== null) return;
    this.#ownServiceTime = new CumulativeHistogram();
    this.#ownServiceTime.add(this.responseTime);
  }
}

/** The measurements in [startMs, startMs + widthMs), without the requests of `onStop`, which are not part of the load. */
export interface Block {
  readonly startMs: number;
  readonly widthMs: number;
  /** The peak number of users in the block. */
  readonly users: number;
  readonly usersByClass: ReadonlyMap<string, number>;
  readonly iterations: number;
  readonly droppedIterations: number;
  readonly total: BlockEndpoint;
  /** The metrics of the test. */
  readonly metrics: ReadonlyMap<string, ScalarMetric>;
  readonly trends: ReadonlyMap<string, TrendSum>;
  /** The endpoints with a request in the block, in the order of their first request in the run. */
  readonly endpoints: readonly BlockEndpoint[];
  /** The series of the block's windows, not merged. */
  readonly samples: readonly SeriesReport[];
  /** The executed tasks of the block's windows, not merged. */
  readonly tasks: readonly ClassTasks[];
  /** The checks of the block's windows, not merged. */
  readonly checks: readonly CheckCounts[];
}

/**
 * Iterates over a run in blocks of `widthMs`, aligned to its start, up to `endMs` or the last window. There are no
 * gaps, so a rate drops when traffic does. A window that does not fit into a block becomes a block of its own.
 *
 * Each step returns the same object with new contents: read it before the next step.
 */
export function* blocksOf(windows: Iterable<StoredWindow>, widthMs: number, endMs: number): Generator<Block> {
  yield* blocks(windows, widthMs, endMs, Number.POSITIVE_INFINITY);
}

/** Like `blocksOf` for a run in progress: returns nothing after `endMs`, up to which all workers have reported. */
export function* wholeBlocksOf(windows: Iterable<StoredWindow>, widthMs: number, endMs: number): Generator<Block> {
  yield* blocks(beginningBefore(windows, endMs), widthMs, endMs, endMs);
}

function* beginningBefore(windows: Iterable<StoredWindow>, endMs: number): Generator<StoredWindow> {
  for (const window of windows) {
    if (window.startMs >= endMs) return;
    yield window;
  }
}

function* blocks(windows: Iterable<StoredWindow>, widthMs: number, endMs: number, cutAtMs: number): Generator<Block> {
  const block = new OpenBlock();
  for (const window of windows) {
    const gridMs = Math.floor(window.startMs / widthMs) * widthMs;
    const fits = window.startMs + window.widthMs <= gridMs + widthMs;
    if (!block.isOpen || !fits || window.startMs >= block.endMs) {
      if (block.isOpen) yield block.close(window.startMs);
      yield* block.gap(fits ? gridMs : window.startMs, widthMs);
      if (fits) block.open(gridMs + widthMs);
      else block.open(window.startMs + window.widthMs);
    }
    block.add(window);
  }
  if (block.isOpen) yield block.close(cutAtMs);
  yield* block.gap(endMs, widthMs);
}

class OpenBlock implements Block {
  startMs = 0;
  endMs = 0;
  isOpen = false;
  users = 0;
  readonly usersByClass = new Map<string, number>();
  iterations = 0;
  droppedIterations = 0;
  readonly metrics = new Map<string, ScalarMetric>();
  readonly trends = new Map<string, TrendSum>();
  samples: SeriesReport[] = [];
  tasks: ClassTasks[] = [];
  checks: CheckCounts[] = [];
  readonly total = new BlockEndpoint("", "Aggregated");
  readonly #known = new Map<string, BlockEndpoint>();

  get widthMs(): number {
    return this.endMs - this.startMs;
  }

  get endpoints(): BlockEndpoint[] {
    return [...this.#known.values()].filter(({ requests }) => requests > 0);
  }

  /** Opens a block that begins where the previous one ended. */
  open(endMs: number): void {
    this.startMs = this.endMs;
    this.endMs = endMs;
    this.isOpen = true;
    this.users = 0;
    this.usersByClass.clear();
    this.iterations = 0;
    this.droppedIterations = 0;
    this.metrics.clear();
    this.trends.clear();
    this.samples = [];
    this.tasks = [];
    this.checks = [];
    this.total.reset();
    for (const endpoint of this.#known.values()) endpoint.reset();
  }

  add({ peakUsers, users, iterations, endpoints, metrics, series, tasks, checks }: StoredWindow): void {
    this.users = Math.max(this.users, peakUsers);
    for (const { className, count } of users) {
      this.usersByClass.set(className, Math.max(this.usersByClass.get(className) ?? 0, count));
    }
    this.iterations += iterations.completed;
    this.droppedIterations += iterations.dropped;
    this.samples.push(...series);
    this.tasks.push(...tasks);
    this.checks.push(...checks);
    for (const report of endpoints) if (!isOfOnStop(report)) this.#endpoint(report).add(report);
    for (const { name, metric } of metrics) mergeInto(this.metrics, name, metric, mergeScalars);
    for (const { kind, samples } of series) {
      const { count, sumMicros } = samples.serviceTime;
      if (kind === "trend" && count > 0) mergeInto(this.trends, samples.name, { count, sumMicros }, mergedTrends);
    }
  }

  /** Closes the block. It contains nothing after `beforeMs`. */
  close(beforeMs: number): this {
    this.endMs = Math.min(this.endMs, beforeMs);
    this.isOpen = false;
    for (const endpoint of this.#known.values())
      if (endpoint.requests > 0 && countsInTotals(endpoint)) this.total.merge(endpoint);
    return this;
  }

  /** Returns empty blocks up to `toMs`. */
  *gap(toMs: number, widthMs: number): Generator<Block> {
    while (this.endMs < toMs) {
      this.open(Math.floor(this.endMs / widthMs) * widthMs + widthMs);
      yield this.close(Math.ceil(toMs / 1_000) * 1_000);
    }
  }

  #endpoint({ method, name }: EndpointReport): BlockEndpoint {
    const key = `${method} ${name}`;
    let endpoint = this.#known.get(key);
    if (endpoint === undefined) {
      endpoint = new BlockEndpoint(method, name);
      this.#known.set(key, endpoint);
    }
    return endpoint;
  }
}
