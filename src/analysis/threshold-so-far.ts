import type { Threshold } from "../core/thresholds/threshold.ts";
import { RunTotals } from "../stats/run-totals.ts";
import type { Window } from "../stats/windows.ts";
import { isFloor } from "./counted-floor.ts";
import { addSelected } from "./measured-seconds.ts";
import { hasSelected, type RunMeasurements } from "./metric-source.ts";

/**
 * A threshold without a window while the run continues, evaluated on the closed windows: what all workers have reported up
 * to one time, and the length of the seconds that they reported. Windows that cannot be judged count in neither; nor does
 * the time before the first of what a floor counts, or the second of it, which is not whole.
 */
export class ThresholdSoFar {
  readonly #threshold: Threshold;
  readonly #fromMs: number;
  readonly #totals = new RunTotals();
  #hasBegun: boolean;
  #durationMs = 0;
  #users = 0;
  #peakUsers = 0;

  constructor(threshold: Threshold) {
    this.#threshold = threshold;
    this.#fromMs = threshold.span?.fromMs ?? 0;
    this.#hasBegun = !isFloor(threshold);
  }

  /** Adds a closed window; each window of the run is added at most once. */
  add({ startMs, widthMs, totals, users }: Window): void {
    if (startMs < this.#fromMs) return;
    if (!this.#hasBegun) {
      this.#hasBegun = hasSelected(this.#threshold.selector, totals);
      if (!this.#hasBegun || this.#threshold.expression.aggregation.kind === "rate") return;
    }
    addSelected(this.#threshold.selector, totals, this.#totals);
    this.#durationMs += widthMs;
    this.#users = users.peak;
    this.#peakUsers = Math.max(this.#peakUsers, users.peak);
  }

  /** What was measured so far; null before there is a second to judge. */
  get measured(): RunMeasurements | null {
    if (this.#durationMs === 0) return null;
    const [totals, durationMs, users, peakUsers] = [this.#totals, this.#durationMs, this.#users, this.#peakUsers];
    return { totals, durationMs, users, peakUsers };
  }
}
