import { normalQuantile } from "./normal-distribution.ts";
import { ranksOf } from "./ranks.ts";

/**
 * The correlation of the values with themselves `lag` positions later; 0 if they are all equal or too few.
 *
 * Source: G. E. P. Box and G. M. Jenkins, Time Series Analysis (1970), chapter 2.
 */
export function autocorrelation(values: ArrayLike<number>, lag: number): number {
  const deviations = Float64Array.from(values);
  const mean = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
  let total = 0;
  let shared = 0;
  for (const [position, value] of deviations.entries()) {
    total += (value - mean) ** 2;
    const later = deviations[position + lag];
    if (later !== undefined) shared += (value - mean) * (later - mean);
  }
  return total > 0 ? shared / total : 0;
}

/**
 * The factor by which the variance of Kendall's score is larger than for independent values: a service that is slow in one
 * minute is slow in the next, so 512 windows are worth fewer than 512 independent ones. Only correlations that are
 * significant at 95 % count.
 *
 * Source: K. H. Hamed and A. R. Rao, "A modified Mann-Kendall trend test for autocorrelated data", Journal of Hydrology 204
 * (1998); the first three lags suffice by A. R. Rao, K. H. Hamed and H.-L. Chen, Nonstationarities in Hydrologic and
 * Environmental Time Series (2003).
 *
 * @param detrended the values without their trend, evenly spaced in time
 */
export function hamedRaoFactor(detrended: ArrayLike<number>, lags = 3): number {
  const { length } = detrended;
  if (length < 4) return 1;
  const ranks = ranksOf(detrended);
  const significant = normalQuantile(0.975) / Math.sqrt(length);
  let sum = 0;
  for (let lag = 1; lag <= lags; lag++) {
    const correlation = autocorrelation(ranks, lag);
    if (Math.abs(correlation) <= significant) continue;
    sum += (length - lag) * (length - lag - 1) * (length - lag - 2) * correlation;
  }
  return 1 + (2 * sum) / (length * (length - 1) * (length - 2));
}

/** The effective numbers of independent values in a series of correlated values. */
export interface IndependentValues {
  /** The effective number for the standard error of the mean. */
  readonly ofMean: number;
  /** The effective number for the uncertainty of the variance. It is larger, because squares are less correlated. */
  readonly ofVariance: number;
}

/**
 * Computes the effective numbers of independent values for a first-order autoregression. The estimated correlation r is
 * biased low by about (1 + 4 r) / n, which is added.
 *
 * Sources: G. V. Bayley and J. M. Hammersley, "The effective number of independent observations in an autocorrelated time
 * series", JRSS Supplement 8 (1946); F. H. C. Marriott and J. A. Pope, Biometrika 41 (1954).
 */
export function independentValues(values: readonly number[]): IndependentValues {
  const { length } = values;
  // For equal values, only rounding errors would be correlated.
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most - least <= 1e-9 * Math.max(Math.abs(least), Math.abs(most))) return { ofMean: length, ofVariance: length };
  const estimate = autocorrelation(values, 1);
  const correlation = Math.max(0, Math.min(0.95, estimate + (1 + 4 * estimate) / length));
  return {
    ofMean: (length * (1 - correlation)) / (1 + correlation),
    ofVariance: (length * (1 - correlation ** 2)) / (1 + correlation ** 2),
  };
}
