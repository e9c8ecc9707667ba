/**
 * The statistics that may drift in a soak. `errorRate` is the fraction of failed requests, `throughput` requests per
 * second, `heap` the bytes of a worker's heap after a garbage collection (so that a leak of the generator is not blamed
 * on the service), `observed` the values of an observed metric in its unit, with the sign chosen so that growth is for
 * the worse; the others are in ms.
 */
export type DriftStatistic =
  | "p50"
  | "p95"
  | "p99"
  | "errorRate"
  | "throughput"
  | "heap"
  | "pause"
  | "slowShare"
  | "observed";

/** One window of a series. Windows may differ in width; times without measurements have none. */
export interface DriftWindow {
  readonly startMs: number;
  readonly durationMs: number;
  readonly value: number;
  /** The weight of this window in a mean over several: requests, or ms for throughput and heap. */
  readonly weight: number;
}

export interface DriftSeries {
  /** The name of an endpoint, "total", a worker, or an observed metric. */
  readonly subject: string;
  readonly statistic: DriftStatistic;
  /**
   * The windows in order of time from the start of the run, without those after the end of the load, which would show the
   * end and not a drift.
   */
  readonly windows: readonly DriftWindow[];
  /** The bound of the user's target, to predict when it fails; null without a target. */
  readonly limit: number | null;
}

interface StatisticRule {
  /** The smallest change over a run that matters, in the statistic's unit. */
  readonly leastChange: number;
  /** The sign of a change for the worse. */
  readonly worse: 1 | -1;
}

const time: StatisticRule = { leastChange: 2, worse: 1 };

export const statisticRules: Readonly<Record<DriftStatistic, StatisticRule>> = {
  p50: time,
  p95: time,
  p99: time,
  errorRate: { leastChange: 0.001, worse: 1 },
  throughput: { leastChange: 0, worse: -1 },
  heap: { leastChange: 5_000_000, worse: 1 },
  pause: time,
  slowShare: { leastChange: 0.01, worse: 1 },
  // The unit is not known.
  observed: { leastChange: 0, worse: 1 },
};
