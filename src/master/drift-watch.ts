import { DriftRecorder } from "../analysis/drift/drift-recorder.ts";
import { driftCheckpoints, driftResult, judgeDrift, type PlannedDrift } from "../analysis/drift/drift-result.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { Window } from "../stats/windows.ts";
import type { Collector } from "./record/collector.ts";
import type { RunParts, WatchedLoad } from "./run-context.ts";

interface DriftWatchOptions {
  readonly planned: PlannedDrift;
  readonly thresholds: readonly Threshold[];
  /** The planned end of the load, in ms; a run without an end has no checkpoints. */
  readonly plannedMs: number;
  readonly collector: Collector;
  /** The run drifts for the worse; the reason is a sentence. */
  readonly onDrift: (reason: string) => void;
}

/** Judges a soak at fixed parts of its time: a drift is told hours before the end. */
class DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #recorder = new DriftRecorder();
  /** The result has the judgement at the end. */
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
    const { planned, thresholds, collector, onDrift } = this.#options;
    const run = { thresholds, endMs, workers: collector.health.all() };
    const { verdict, reasons } = judgeDrift(driftResult(this.#recorder, planned, run));
    if (verdict === "failed") onDrift(reasons[0] ?? "drifting");
  }
}

/** Judges a run for drift while its load runs, if its profile asks for that; the load ends if it says so. */
export function watchDrift({ options, collector, journal }: RunParts, load: WatchedLoad): void {
  const { drift: planned, thresholds, durationMs: plannedMs } = options.resolved;
  if (planned === null) return;
  const onDrift = (reason: string) => {
    if (!load.isActive) return;
    journal.alert("drift-found", reason);
    if (planned.abort) load.endEarly({ kind: "drifting", message: `${reason}: the run was ended (drift.abort)` });
  };
  new DriftWatch({ planned, thresholds, plannedMs, collector, onDrift });
}
