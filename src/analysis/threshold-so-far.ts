import type { Threshold } from "../core/thresholds/threshold.ts";
import { RunTotals } from "../stats/run-totals.ts";
import type { Window } from "../stats/windows.ts";
import { isFloor } from "./counted-floor.ts";
import { addSelected } from "./measured-seconds.ts";
import { hasSelected, type RunMeasurements } from "./metric-source.ts";

/**
 * A threshold without a window, evaluated while the run continues on the closed windows: their totals, which all workers
 * have reported, and their total length. Windows that cannot be judged are left out of both. For a lower bound on a
 * counter, the time before its first count is left out as well; for one on a rate, also the second of the first count,
 * which is not whole.
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

  /** The measurements so far; null before there is a second to judge. */
  get measured(): RunMeasurements | null {
    if (this.#durationMs === 0) return null;
    const [totals, durationMs, users, peakUsers] = [this.#totals, this.#durationMs, this.#users, this.#peakUsers];
    return { totals, durationMs, users, peakUsers };
  }
}
