import { breachOf } from "../analysis/verdict.ts";
import type { StrainPolicy } from "../core/run.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { Collector } from "./record/collector.ts";
import type { RunBook } from "./record/run-book.ts";
import type { RunTimeline } from "./run-timeline.ts";
import { StrainWatch } from "./strain-watch.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";
import type { Workers } from "./workers/workers.ts";

export interface RunObserverOptions {
  readonly thresholds: readonly Threshold[];
  readonly onWorkerStrain: StrainPolicy;
  readonly collector: Collector;
  readonly workers: Workers;
  readonly timeline: RunTimeline;
  readonly book: RunBook;
  /** A threshold with `abortOnFail` does not hold. */
  readonly onBreach: (breach: string) => void;
}

/** Looks at what is committed, as often as a second of the run is whole: windows, thresholds, and how the workers do. */
export class RunObserver {
  readonly #options: RunObserverOptions;
  readonly #strain: StrainWatch;
  #lookedToMs = -1;

  constructor(options: RunObserverOptions) {
    this.#options = options;
    const { collector, book } = options;
    this.#strain = new StrainWatch({
      health: collector.health,
      tell: (text) => book.alert("worker-strained", text),
    });
  }

  /** There may be something new. */
  look(): void {
    const { collector, workers, timeline } = this.#options;
    // What waits to be committed is no worker's silence; it is looked at then.
    if (collector.hasUncommitted) return;
    const { ledger, recent } = collector;
    const { elapsedMs } = timeline;
    const working = workers.all.filter(isWorking);
    const reportedToMs = working.reduce((least, { number }) => Math.min(least, ledger.reportedToMs(number)), elapsedMs);
    recent.close(reportedToMs, elapsedMs);
    if (recent.closedToMs === this.#lookedToMs) return;
    this.#lookedToMs = recent.closedToMs;
    this.#lookAtThresholds();
    this.#lookAtWorkers(working);
  }

  /** Nothing comes any more: the last second need not be whole. */
  finish(): void {
    const endMs = Math.ceil(this.#options.timeline.elapsedMs / 1_000) * 1_000;
    this.#options.collector.recent.close(endMs, endMs);
    this.#lookAtWorkers(this.#options.workers.all);
  }

  #lookAtThresholds(): void {
    const { thresholds, collector, timeline, workers, onBreach } = this.#options;
    const { totals, windows, spans, recent } = collector;
    const { peakUsers } = windows;
    const run = { totals, durationMs: timeline.elapsedMs, users: workers.users, peakUsers };
    spans.advance(recent.closedToMs);
    const breach = breachOf(thresholds, run, spans);
    if (breach !== null) onBreach(breach);
  }

  #lookAtWorkers(working: readonly ConnectedWorker[]): void {
    if (this.#options.onWorkerStrain === "ignore") return;
    const { responseTime } = this.#options.collector.totals.merged();
    this.#strain.look(working, responseTime.count === 0 ? null : responseTime.percentileMicros(95) / 1_000);
  }
}

/** It has still to stop, or to report. */
export function isWorking(worker: ConnectedWorker): boolean {
  return worker.state === "running" || (worker.state === "stopped" && !worker.isDone);
}
