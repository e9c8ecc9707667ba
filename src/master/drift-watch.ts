import { DriftRecorder } from "../analysis/drift/drift-recorder.ts";
import { driftCheckpoints, driftResult, judgeDrift, type PlannedDrift } from "../analysis/drift/drift-result.ts";
import { interruptedTimes, resizedTimes } from "../analysis/load/interrupted-times.ts";
import { type WatchedSource, watchedMetrics } from "../analysis/saturation/watched-metric.ts";
import { carriedPlan, type Steering } from "../core/plan/steering.ts";
import type { LossPolicy, RunEvent } from "../core/run.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { Observed } from "../stats/observed-series.ts";
import type { Window } from "../stats/windows.ts";
import type { Collector } from "./record/collector.ts";
import type { RunParts, WatchedLoad } from "./run-context.ts";

interface DriftWatchOptions {
  readonly planned: PlannedDrift;
  readonly thresholds: readonly Threshold[];
  /** The planned end of the load, in ms since the start of the run. A run without an end has no checkpoints. */
  readonly plannedMs: number;
  readonly collector: Collector;
  /** Returns the changes that people made to the load so far. */
  readonly steering: () => readonly Steering[];
  /** The events of the run so far. */
  readonly events: readonly RunEvent[];
  readonly onWorkerLoss: LossPolicy;
  /** The values that were observed of the service so far, and their sources. */
  readonly observed: Observed;
  readonly sources: readonly WatchedSource[];
  /** Called when the run drifts for the worse; `reason` is a sentence. */
  readonly onDrift: (reason: string) => void;
}

/** Analyses a soak at fixed checkpoints, so that a drift is reported hours before the end. */
class DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #recorder = new DriftRecorder();
  /**
   * The times of the checkpoints still to come, in ms since the start of the run. The end has none: the result covers
   * it.
   */
  readonly #checkpointsMs: number[];

  constructor(options: DriftWatchOptions) {
    this.#options = options;
    const { plannedMs, collector } = options;
    const early = driftCheckpoints.filter((share) => share < 1);
    this.#checkpointsMs = Number.isFinite(plannedMs) ? early.map((share) => share * plannedMs) : [];
    collector.recent.subscribe((window) => this.#take(window));
  }

  #take(window: Window): void {
    this.#recorder.add(window);
    const endMs = window.startMs + window.widthMs;
    const isDue = (this.#checkpointsMs[0] ?? Number.POSITIVE_INFINITY) <= endMs;
    if (!isDue) return;
    while ((this.#checkpointsMs[0] ?? Number.POSITIVE_INFINITY) <= endMs) this.#checkpointsMs.shift();
    const { planned, thresholds, collector, steering, events, onWorkerLoss, onDrift } = this.#options;
    const observed = watchedMetrics(this.#options.observed, this.#options.sources);
    const workers = collector.health.all();
    const interrupted = interruptedTimes({ missing: collector.ledger.missing, workers, events });
    const carried = carriedPlan(null, steering());
    const resizedMs = resizedTimes(events, onWorkerLoss);
    const run = { carried, thresholds, endMs, workers, interrupted, resizedMs, observed };
    const { verdict, reasons } = judgeDrift(driftResult(this.#recorder, planned, run));
    if (verdict === "failed") onDrift(reasons[0] ?? "drifting");
  }
}

/**
 * Analyses a run for drift while its load runs, if its profile requests it, and ends the load on a drift if the profile
 * requests that.
 */
export function watchDrift({ options, collector, journal, observed }: RunParts, load: WatchedLoad): void {
  const { drift: planned, thresholds, durationMs: plannedMs, observe: sources } = options.resolved;
  if (planned === null) return;
  const onDrift = (reason: string) => {
    if (!load.isActive) return;
    journal.alert("drift-found", reason);
    if (planned.abort) load.endEarly({ kind: "drifting", message: `${reason}: the run was ended (drift.abort)` });
  };
  const steering = () => load.control.steering;
  const { events } = journal;
  const { onWorkerLoss } = options;
  const watched = { planned, thresholds, plannedMs, collector, observed, sources };
  new DriftWatch({ ...watched, steering, events, onWorkerLoss, onDrift });
}
