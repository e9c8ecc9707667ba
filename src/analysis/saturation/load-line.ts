import type { Interval } from "../statistics/interval.ts";
import { fitLine } from "../statistics/line-fit.ts";
import type { SeriesPoint } from "../statistics/series-point.ts";
import { studentQuantile, studentUpperTail } from "../statistics/student-distribution.ts";

/** The minimum number of points of a line whose noise can be estimated. */
export const fewestOfLine = 4;

/** The departure of a measured level from a line through the levels at other loads. */
export interface Departure {
  /** The level of the line at the load of the measured level. */
  readonly expected: number;
  /** The 95 % prediction interval of a level at that load. */
  readonly interval: Interval;
  /** The distance of the measured level from the line, in standard errors of one more level. */
  readonly deviations: number;
  /** The two-sided p-value: the chance of a level at least as far away, on either side. */
  readonly p: number;
}

/**
 * A straight line through the levels of a metric at several loads, with the prediction interval of one more level.
 *
 * Source: N. R. Draper and H. Smith, Applied Regression Analysis (1966), chapter 1.4; G. C. Chow, "Tests of equality between
 * sets of coefficients in two linear regressions", Econometrica 28 (1960): whether further values obey the same line.
 */
export class LoadLine {
  readonly #points: readonly SeriesPoint[];
  readonly #slope: number;
  readonly #intercept: number;
  readonly #variance: number;
  readonly #meanAt: number;
  readonly #squares: number;

  /**
   * @param points levels (`value`) by load (`at`): at least four, at two loads or more
   * @param noise the minimum standard deviation of a level
   */
  constructor(points: readonly SeriesPoint[], noise: number) {
    const { slope, intercept, squaredError } = fitLine(points);
    this.#points = points;
    this.#slope = slope;
    this.#intercept = intercept;
    this.#variance = Math.max(noise ** 2, squaredError / this.#degrees);
    this.#meanAt = points.reduce((sum, { at }) => sum + at, 0) / points.length;
    this.#squares = points.reduce((sum, { at }) => sum + (at - this.#meanAt) ** 2, 0);
  }

  get #degrees(): number {
    return this.#points.length - 2;
  }

  /** The direction of the metric: 1 if it clearly rises with the load, -1 if it clearly falls; otherwise 0. */
  get direction(): 1 | -1 | 0 {
    const error = Math.sqrt(this.#variance / this.#squares);
    if (error === 0 || studentUpperTail(Math.abs(this.#slope) / error, this.#degrees) > 0.025) return 0;
    return this.#slope > 0 ? 1 : -1;
  }

  departure({ at, value }: SeriesPoint): Departure {
    const expected = this.#intercept + this.#slope * at;
    const { length } = this.#points;
    const error = Math.sqrt(this.#variance * (1 + 1 / length + (at - this.#meanAt) ** 2 / this.#squares));
    const reach = studentQuantile(0.975, this.#degrees) * error;
    const deviations = error === 0 ? 0 : (value - expected) / error;
    return {
      expected,
      interval: { low: expected - reach, high: expected + reach },
      deviations,
      p: Math.min(1, 2 * studentUpperTail(Math.abs(deviations), this.#degrees)),
    };
  }
}
