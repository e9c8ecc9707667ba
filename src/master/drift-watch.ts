import { DriftRecorder } from "../analysis/drift/drift-recorder.ts";
import { driftCheckpoints, driftResult, judgeDrift, type PlannedDrift } from "../analysis/drift/drift-result.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { Window } from "../stats/windows.ts";
import type { Collector } from "./record/collector.ts";
import type { RunningLoadOptions } from "./running-load-options.ts";

interface DriftWatchOptions {
  readonly planned: PlannedDrift;
  readonly thresholds: readonly Threshold[];
  /** When the load is to end, in ms; a run without an end has no checkpoints. */
  readonly plannedMs: number;
  readonly collector: Collector;
  /** It drifts for the worse, in words. */
  readonly onDrift: (reason: string) => void;
}

/** Judges a soak at fixed parts of its time, so that nobody has to wait for hours to be told. */
class DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #recorder = new DriftRecorder();
  /** Before the end, at which the result is made. */
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

/**
 * Looks at a run while it goes on, if its profile is judged for drift.
 * @param isActive whether the load goes on as it is steered
 * @param end ends the load, with the reason
 */
export function watchDrift(
  { options, collector, book }: RunningLoadOptions,
  isActive: () => boolean,
  end: (message: string) => void,
): void {
  const { drift: planned, thresholds, durationMs: plannedMs } = options.resolved;
  if (planned === null) return;
  const onDrift = (reason: string) => {
    if (!isActive()) return;
    book.alert("drift-found", reason);
    if (planned.abort) end(`${reason}: the run was ended (drift.abort)`);
  };
  new DriftWatch({ planned, thresholds, plannedMs, collector, onDrift });
}
