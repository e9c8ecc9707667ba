import { autocorrelation } from "../statistics/serial-correlation.ts";

/** The change of a figure from one run to another, on the scale of `values`. */
export interface SectionChange {
  readonly change: number;
  readonly standardError: number;
  /** The degrees of freedom of the standard error. */
  readonly degrees: number;
}

/** With fewer pairs of sections their variation cannot be estimated. */
const fewestPairs = 8;
/** The minimum effective number of independent sections. */
const fewestIndependent = 4;

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
 * (1982); independent values among correlated ones, G. V. Bayley and J. M. Hammersley, JRSS Supplement 8 (1946).
 *
 * @param differences the differences of the second run from the first by section; null where either has no value
 * @param change the change of the figure between the whole runs
 * @returns null if there are too few sections, or they depend on each other too much
 */
export function sectionChange(differences: readonly (number | null)[], change: number): SectionChange | null {
  const values = differences.filter((value) => value !== null);
  const { length } = values;
  if (length < fewestPairs) return null;
  const variance = values.reduce((sum, value) => sum + (value - change) ** 2, 0) / (length - 1);
  const independent = length / correlationFactor(values);
  if (independent < fewestIndependent) return null;
  return { change, standardError: Math.sqrt(variance / independent), degrees: Math.floor(independent - 1) };
}

/**
 * The number of correlated values that are worth one independent value, for a first-order autoregression. The estimate of
 * the correlation is too low by about (1 + 4 r) / n (F. H. C. Marriott and J. A. Pope, Biometrika 41, 1954).
 */
function correlationFactor(values: readonly number[]): number {
  // For equal values, only rounding errors would be correlated.
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most - least <= 1e-9 * Math.max(Math.abs(least), Math.abs(most))) return 1;
  const estimate = autocorrelation(values, 1);
  const correlation = Math.min(0.95, estimate + (1 + 4 * estimate) / values.length);
  return correlation <= 0 ? 1 : (1 + correlation) / (1 - correlation);
}
