import { normalQuantile } from "./normal-distribution.ts";

/** The variance from which on the normal approximation is used: it is off by at most a rank or two in thousands. */
const normalFromVariance = 1_000_000;
/** The smallest relative size of terms; smaller ones change no digit. */
const negligible = 1e-20;

export interface RankInterval {
  /** The lower rank; 0 if even the lowest value may be above the quantile. */
  readonly low: number;
  /** The upper rank; the number of values plus one if even the highest value may be below the quantile. */
  readonly high: number;
}

/**
 * Computes the ranks (from 1) among `count` sorted values between which the quantile of their distribution is, with at
 * least the given confidence: the number of values below it is binomial, whatever the distribution.
 *
 * Source: W. J. Conover, Practical Nonparametric Statistics (1971), chapter 3.2; H. A. David, Order Statistics (1970).
 *
 * @param quantile above 0 and below 1
 */
export function quantileRanks(count: number, quantile: number, confidence: number): RankInterval {
  const outside = (1 - confidence) / 2;
  if (count * quantile * (1 - quantile) >= normalFromVariance) {
    const halfWidth = normalQuantile(1 - outside) * Math.sqrt(count * quantile * (1 - quantile));
    return { low: Math.floor(count * quantile - halfWidth), high: Math.ceil(count * quantile + halfWidth) + 1 };
  }
  const { first, weights } = binomialWeights(count, quantile);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const interval = { low: 0, high: count + 1 };
  let atMost = 0;
  for (const [index, weight] of weights.entries()) {
    atMost += weight / total;
    if (atMost <= outside) interval.low = first + index + 1;
    // A sum that is exactly the bound (such as for 2 values at 50 %) must not miss it by a rounding error.
    if (atMost >= 1 - outside - 1e-12) {
      interval.high = first + index + 1;
      break;
    }
  }
  return interval;
}

/**
 * Binomial probabilities of the numbers of successes from `first` on, up to a common factor. They are computed from the
 * likeliest number outwards, each from its neighbour, so that no factorial can overflow.
 */
function binomialWeights(trials: number, success: number): { first: number; weights: number[] } {
  const odds = success / (1 - success);
  const likeliest = Math.min(trials, Math.floor((trials + 1) * success));
  const below: number[] = [];
  for (let k = likeliest, weight = 1; k > 0; k--) {
    weight *= k / ((trials - k + 1) * odds);
    if (weight < negligible) break;
    below.push(weight);
  }
  const from: number[] = [1];
  for (let k = likeliest, weight = 1; k < trials; k++) {
    weight *= ((trials - k) * odds) / (k + 1);
    if (weight < negligible) break;
    from.push(weight);
  }
  return { first: likeliest - below.length, weights: [...below.reverse(), ...from] };
}
