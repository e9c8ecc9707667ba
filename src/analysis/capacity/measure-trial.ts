import { evaluateThreshold } from "../../core/thresholds/evaluate.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { RunTotals } from "../../stats/run-totals.ts";
import type { Window } from "../../stats/windows.ts";
import { strainLimits } from "../health/strain.ts";
import { describeExhausted, isSpoiled, unsentIn } from "../health/unsent-requests.ts";
import { metricSourceOf } from "../metric-source.ts";
import { percentileInterval } from "../statistics/percentile-interval.ts";
import type { SeriesPoint } from "../statistics/series-point.ts";
import type { TrialMeasurement, TrialTimes } from "./trial.ts";

export interface TrialLoad {
  /** The planned iterations per second; null if the load is a number of users. */
  readonly ratePerSecond: number | null;
  readonly targets: readonly Threshold[];
}

/** The number of iterations that may fall on either side of the start and the end of a trial. */
const atTheEdges = 2;
const leastStarted = 0.98;

/**
 * Measures a trial window by window. The measurement depends only on the windows, so a trial can be measured again from the
 * store.
 */
export class TrialMeter {
  readonly #times: TrialTimes;
  readonly #totals = new RunTotals();
  readonly #inFlight: SeriesPoint[] = [];
  /** Iterations due minus iterations ended, since the start of the trial. */
  #backlog = 0;
  #peakUsers = 0;
  #isSmeared = false;

  constructor(times: TrialTimes) {
    this.#times = times;
  }

  get #fromMs(): number {
    return this.#times.startMs + this.#times.settleMs;
  }

  /** The end of the measured time. */
  get toMs(): number {
    return this.#fromMs + this.#times.measureMs;
  }

  /** The highest number of users that ran at the same time in the measured time. */
  get peakUsers(): number {
    return this.#peakUsers;
  }

  /** Adds windows in order of time; windows outside the trial are ignored. */
  add({ startMs, widthMs, totals, users }: Window, ratePerSecond: number | null): void {
    const endMs = startMs + widthMs;
    if (endMs <= this.#times.startMs || startMs >= this.toMs) return;
    const due = ((ratePerSecond ?? 0) * widthMs) / 1_000;
    this.#backlog += due - totals.completedIterations - totals.interruptedIterations - totals.droppedIterations;
    if (endMs >= this.#fromMs) this.#inFlight.push({ at: endMs / 1_000, value: this.#backlog });
    if (endMs <= this.#fromMs) return;
    if (startMs < this.#fromMs || endMs > this.toMs) this.#isSmeared = true;
    this.#totals.merge(totals);
    this.#peakUsers = Math.max(this.#peakUsers, users.peak);
  }

  /**
   * @param generatorProblemOf returns, for the p95 of the trial, why the workers' results are not valid; null if they are
   */
  measurement(
    { ratePerSecond, targets }: TrialLoad,
    generatorProblemOf: (p95Ms: number) => string | null,
  ): TrialMeasurement {
    const totals = this.#totals;
    const { measureMs } = this.#times;
    const seconds = measureMs / 1_000;
    const { requests, failures, responseTime } = totals.merged();
    const [p95 = 0, p99 = 0] = responseTime.percentilesMicros([95, 99]);
    const ended = totals.completedIterations + totals.interruptedIterations;
    const offered = ratePerSecond === null ? ended + totals.droppedIterations : Math.round(ratePerSecond * seconds);
    // Users to whom a service never responds have no figure that misses a target.
    const isHanging = ratePerSecond === null && requests + ended === 0;
    const users = this.#peakUsers;
    const source = metricSourceOf({ totals, durationMs: measureMs, users, peakUsers: users });
    return {
      offered,
      achieved:
        Math.abs(offered - ended - totals.droppedIterations) <= atTheEdges ? offered - totals.droppedIterations : ended,
      dropped: totals.droppedIterations,
      succeededPerSecond: (requests - failures) / seconds,
      errorRate: requests === 0 ? 0 : failures / requests,
      p95Ms: p95 / 1_000,
      ...intervalOf(responseTime),
      p99Ms: p99 / 1_000,
      targets: targets.map((target) => {
        const { passed, noData } = evaluateThreshold(target, source);
        return { name: `${target.metric}: ${target.expression.source}`, held: passed || (noData && !isHanging) };
      }),
      inFlight: ratePerSecond === null ? [] : this.#inFlight,
      sickness:
        exhaustionOf(totals) ??
        generatorProblemOf(p95 / 1_000) ??
        this.#smeared() ??
        latenessOf(totals, offered, ratePerSecond !== null, p95 / 1_000),
    };
  }

  #smeared(): string | null {
    return this.#isSmeared ? "a worker's reports were so late that they cover more than the trial" : null;
  }
}

function intervalOf(responseTime: CumulativeHistogram): Pick<TrialMeasurement, "p95IntervalMs"> {
  const interval = percentileInterval(responseTime, 95);
  if (interval === undefined) return {};
  const { low, high } = interval;
  return { p95IntervalMs: { lowMs: low / 1_000, highMs: Number.isFinite(high) ? high / 1_000 : null } };
}

/** The resource that the generator ran out of, if too many requests failed because of it; else null. */
function exhaustionOf(totals: RunTotals): string | null {
  const unsent = unsentIn(totals);
  return isSpoiled(unsent) ? `the generator ${describeExhausted(unsent.code)}` : null;
}

/** Describes how iterations started late or not at all, according to the windows; null if they did not. */
function latenessOf(totals: RunTotals, offered: number, isOpen: boolean, p95Ms: number): string | null {
  if (!isOpen) return null;
  const { scheduleLag } = totals;
  if (scheduleLag.count < leastStarted * offered - atTheEdges) {
    return `the workers failed to start ${Math.round(offered - scheduleLag.count)} of ${offered} iterations in time`;
  }
  const lagMs = scheduleLag.percentileMicros(99) / 1_000;
  if (lagMs <= strainLimits(p95Ms).overloadedLagMs) return null;
  return `the workers started iterations late, by ${lagMs.toFixed(1)} ms (p99)`;
}
