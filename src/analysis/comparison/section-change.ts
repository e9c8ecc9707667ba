import { independentValues } from "../statistics/serial-correlation.ts";
import { sharedByMost } from "./section-differences.ts";

/** The change of a figure from one run to another, on the scale of the differences. */
export interface SectionChange {
  readonly change: number;
  readonly standardError: number;
  /** The degrees of freedom of the standard error. */
  readonly degrees: number;
}

/** The minimum number of pairs of sections from which their variation can be estimated. */
export const fewestPairs = 8;
/** The minimum effective number of independent sections. */
const fewestIndependent = 4;
/**
 * The standard deviation of the noise that is assumed to be too slow to be seen within a run, on the scale of logarithms:
 * an unchanged service may be 30 % slower in one run than in another.
 */
const slowNoise = Math.log(1.3);
/** The largest number of degrees of freedom; more make no difference. */
const mostDegrees = 200;

/**
 * Estimates the standard error of a change without the assumption that requests are independent: a service that is slow now
 * is slow a moment later. Both runs are cut into the same number of sections, each long enough to depend little on the
 * others. The differences between the k-th sections vary around the change of the whole runs, and that variation gives the
 * error. Sections are paired by position, so that what both runs do at the same time, such as a ramp, does not count as
 * variation. If neighbouring differences are still correlated, a smaller number of independent sections is assumed.
 *
 * Sources: sectioning, S. Asmussen and P. W. Glynn, Stochastic Simulation (2007), III.5; for quantiles M. K. Nakayama,
 * "Confidence intervals for quantiles using sectioning when applying variance-reduction techniques", ACM TOMACS 24 (2014);
 * 10 to 30 sections, B. Schmeiser, "Batch size effects in the analysis of simulation output", Operations Research 30
 * (1982).
 *
 * @param differences the differences of the second run from the first by section
 * @param change the change of the figure between the whole runs
 * @returns null if there are too few sections, or they depend on each other too much
 */
export function sectionChange(differences: readonly number[], change: number): SectionChange | null {
  const { length } = differences;
  if (length < fewestPairs) return null;
  const { ofMean } = independentValues(differences);
  if (ofMean < fewestIndependent) return null;
  return {
    change,
    standardError: Math.sqrt(varianceOf(differences, change) / ofMean),
    degrees: Math.floor(ofMean - 1),
  };
}

/**
 * Estimates the standard error of a change that most sections share, for changes that are so large that no plausible
 * noise makes them. The dependence between sections is not estimated, because a few sections estimate it badly. Instead,
 * the noise that the sections cannot show is assumed to be as large as it may be in an unchanged service, a factor of 1.3
 * (one standard deviation). Smaller changes are lost in this noise.
 *
 * Source: the degrees of freedom of a sum of variances, F. E. Satterthwaite, Biometrics Bulletin 2 (1946).
 *
 * @param differences of logarithms, by section
 * @param change the change of the figure between the whole runs
 * @param widening the factor by which the variation of sections is too small
 * @returns null if there are too few sections, or too few of them share the change
 */
export function largeChange(differences: readonly number[], change: number, widening: number): SectionChange | null {
  const { length } = differences;
  if (length < fewestPairs || !sharedByMost(differences, change)) return null;
  const shown = (varianceOf(differences, change) / length) * widening ** 2;
  const variance = shown + slowNoise ** 2;
  const degrees = shown === 0 ? mostDegrees : (length - 1) * (variance / shown) ** 2;
  return { change, standardError: Math.sqrt(variance), degrees: Math.floor(Math.min(degrees, mostDegrees)) };
}

function varianceOf(values: readonly number[], centre: number): number {
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
