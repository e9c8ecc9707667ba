import { median, robustDeviation } from "../statistics/median.ts";
import { independentValues } from "../statistics/serial-correlation.ts";
import { fitStep } from "../statistics/step-fit.ts";
import { studentUpperTail } from "../statistics/student-distribution.ts";

/** The minimum number of values of the first and the last level: one or two unusual runs are not a new level. */
const fewestValues = 3;
/** The minimum number of values of a level between two others; fewer are a disturbance that has passed. */
const fewestBetween = 5;
/** The probability that a series of one level is cut (a false positive): low, because a history is tested after every run. */
const alpha = 0.002;
/** The number of standard errors above which a step is a candidate. */
const worthTesting = 2.5;
/** The largest distance of a value from the median of itself and its neighbours, in standard deviations; values beyond it are clipped. */
const farthestDeviations = 2.5;

/**
 * Finds the change points of a series, ascending: each is the position of the first value of a new level. The series is
 * cut at its clearest step, and each part is cut again while it has a candidate step (binary segmentation). Then the cuts
 * that are not significant are removed, the least significant first. A cut is tested with Student's t-test of the levels
 * on its two sides, corrected for the number of positions at which the cut could have been (C. E. Bonferroni, 1936) and
 * for the autocorrelation of the values.
 *
 * Sources: D. V. Hinkley, "Inference about the change-point in a sequence of random variables", Biometrika 57 (1970); A.
 * J. Scott and M. Knott, "A cluster analysis method for grouping means in the analysis of variance", Biometrics 30
 * (1974).
 *
 * @param values on a scale on which the noise is even, such as logarithms of times
 * @param minimal the smallest difference of two levels that matters
 */
export function changePoints(values: readonly number[], minimal: number): number[] {
  const noise = noiseOf(values);
  const clean = withoutSpikes(values, noise);
  let cuts = candidates(clean, noise, 0);
  while (cuts.length > 0) {
    const doubts = doubtsOf(clean, cuts, minimal);
    const largest = Math.max(...doubts);
    if (largest <= alpha) break;
    const worst = doubts.indexOf(largest);
    cuts = cuts.filter((_, index) => index !== worst);
  }
  return cuts;
}

/** Estimates the standard deviation of independent noise from the differences of neighbours, few of which are steps. */
function noiseOf(values: readonly number[]): number {
  const steps = values.slice(1).map((value, position) => value - (values[position] ?? 0));
  return robustDeviation(steps, 0) / Math.SQRT2;
}

/** Clips isolated values, which are not a level. */
function withoutSpikes(values: readonly number[], noise: number): number[] {
  return values.map((value, position) => {
    const centre = median(values.slice(Math.max(0, position - 2), position + 3));
    const reach = farthestDeviations * noise;
    return Math.min(centre + reach, Math.max(centre - reach, value));
  });
}

function candidates(values: readonly number[], noise: number, offset: number): number[] {
  const step = fitStep(values, fewestValues);
  if (step === undefined) return [];
  const [before, after] = [values.slice(0, step.position), values.slice(step.position)];
  const error = noise * Math.sqrt(1 / before.length + 1 / after.length);
  if (Math.abs(mean(after) - mean(before)) <= worthTesting * error) return [];
  const position = offset + step.position;
  return [...candidates(before, noise, offset), position, ...candidates(after, noise, position)];
}

/**
 * Returns the p-value of each cut: the probability that chance makes a difference of levels this large at any position.
 * It is above 1 for a cut that must be removed whatever its probability.
 */
function doubtsOf(values: readonly number[], cuts: readonly number[], minimal: number): number[] {
  const bounds = [0, ...cuts, values.length];
  const levels = bounds.slice(1).map((to, index) => values.slice(bounds[index], to));
  const residuals = levels.flatMap((level) => {
    const centre = mean(level);
    return level.map((value) => withoutRounding(value - centre, centre));
  });
  const { ofMean, ofVariance } = independentValues(residuals);
  const degrees = Math.floor(ofVariance - levels.length);
  if (degrees < 1) return cuts.map(() => 1);
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  const variance = (squares / (values.length - levels.length)) * (values.length / ofMean);
  const positions = Math.max(1, values.length - 2 * fewestValues + 1);
  const isPassed = levels.map(({ length }, index) => {
    return length < fewestBetween && index > 0 && index < levels.length - 1;
  });
  return cuts.map((_, index) => {
    const [before = [], after = []] = [levels[index], levels[index + 1]];
    const difference = Math.abs(mean(after) - mean(before));
    if (difference < minimal) return 2;
    const error = Math.sqrt(variance * (1 / before.length + 1 / after.length));
    const p = error === 0 ? 0 : Math.min(1, 2 * studentUpperTail(difference / error, degrees) * positions);
    // Of the two cuts around a level that was too short, the less significant one is removed.
    return isPassed[index] === true || isPassed[index + 1] === true ? 1 + p : p;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Replaces a residual that is only a rounding error by 0: the rounding errors of equal values are correlated. */
function withoutRounding(residual: number, centre: number): number {
  return Math.abs(residual) <= 1e-9 * Math.abs(centre) ? 0 : residual;
}
