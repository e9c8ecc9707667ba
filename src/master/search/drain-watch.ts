import { metricSourceOf } from "../../analysis/metric-source.ts";
import { evaluateThreshold } from "../../core/thresholds/evaluate.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import { RunTotals } from "../../stats/run-totals.ts";
import type { Window } from "../../stats/windows.ts";

/** The number of latest windows that are checked. */
const lookedAt = 2;

/** Checks in the latest windows whether a service has recovered. */
export class DrainWatch {
  readonly #targets: readonly Threshold[];
  #latest: readonly Window[] = [];

  constructor(targets: readonly Threshold[]) {
    this.#targets = targets;
  }

  add(window: Window): void {
    this.#latest = [...this.#latest, window].slice(-lookedAt);
  }

  /**
   * Whether the latest windows all begin at `fromMs` or later, have requests, meet the targets, and have a p95 response
   * time of at most `untilP95Ms` (null for any).
   */
  isCalm(fromMs: number, untilP95Ms: number | null): boolean {
    if (this.#latest.length < lookedAt || this.#latest.some(({ startMs }) => startMs < fromMs)) return false;
    const totals = new RunTotals();
    for (const window of this.#latest) totals.merge(window.totals);
    const { requests, responseTime } = totals.merged();
    if (requests === 0) return false;
    if (untilP95Ms !== null && responseTime.percentileMicros(95) > untilP95Ms * 1_000) return false;
    const users = Math.max(...this.#latest.map((window) => window.users.peak));
    const durationMs = this.#latest.reduce((sum, { widthMs }) => sum + widthMs, 0);
    const source = metricSourceOf({ totals, durationMs, users, peakUsers: users });
    return this.#targets.every((target) => {
      const { passed, noData } = evaluateThreshold(target, source);
      return passed || noData;
    });
  }
}
