import { autocorrelation } from "../statistics/serial-correlation.ts";

/** By how much a figure has changed from one run to another, on the scale on which `values` are. */
export interface SectionChange {
  readonly change: number;
  readonly standardError: number;
  /** Of the standard error. */
  readonly degrees: number;
}

/** With fewer pairs of sections there is no telling how much they vary. */
const fewestPairs = 8;
/** Sections that are worth fewer independent ones tell nothing. */
const fewestIndependent = 4;

/**
 * The change of a figure with a standard error that does not take the requests for independent: they are not, as a service
 * that is slow now is slow in a moment. Both runs are cut into as many sections, long enough to depend on each other little; the
 * differences between the k-th sections spread around the change of the whole, and from that comes the error. Sections
 * are paired by their place, so that what both runs do at the same time, such as a ramp, does not count as spread. Where
 * neighbouring differences are alike all the same, fewer sections are taken to be independent.
 *
 * Sources: sectioning, S. Asmussen and P. W. Glynn, Stochastic Simulation (2007), III.5; for quantiles M. K. Nakayama,
 * "Confidence intervals for quantiles using sectioning when applying variance-reduction techniques", ACM TOMACS 24 (2014);
 * 10 to 30 sections, B. Schmeiser, "Batch size effects in the analysis of simulation output", Operations Research 30 (1982);
 * independent values among correlated ones, G. V. Bayley and J. M. Hammersley, JRSS Supplement 8 (1946).
 *
 * @param differences of the second run from the first, by section; null where either has no value
 * @param change of the figure between the whole runs
 * @returns null when there are too few sections, or they depend on each other too much
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
 * How many correlated values tell as much as one independent, for a first-order autoregression. The estimate of the correlation
 * is too low by about (1 + 4 r) / n (F. H. C. Marriott and J. A. Pope, Biometrika 41, 1954).
 */
function correlationFactor(values: readonly number[]): number {
  // Of equal values only their rounding errors would be found to be correlated.
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most - least <= 1e-9 * Math.max(Math.abs(least), Math.abs(most))) return 1;
  const estimate = autocorrelation(values, 1);
  const correlation = Math.min(0.95, estimate + (1 + 4 * estimate) / values.length);
  return correlation <= 0 ? 1 : (1 + correlation) / (1 - correlation);
}
