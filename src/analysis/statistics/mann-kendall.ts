import { tieSizes } from "./ranks.ts";

/**
 * Returns Kendall's score: the number of pairs in which the later value is higher minus those in which it is lower.
 *
 * Source: H. B. Mann, "Nonparametric tests against trend", Econometrica 13 (1945).
 */
export function kendallScore(values: ArrayLike<number>): number {
  let score = 0;
  for (let later = 1; later < values.length; later++) {
    const value = values[later] as number;
    for (let earlier = 0; earlier < later; earlier++) score += Math.sign(value - (values[earlier] as number));
  }
  return score;
}

/**
 * The variance of Kendall's score without a trend, corrected for ties.
 *
 * Source: M. G. Kendall, Rank Correlation Methods, 4th edition (1975), chapter 5.
 */
export function kendallVariance(values: ArrayLike<number>): number {
  const term = (count: number) => count * (count - 1) * (2 * count + 5);
  const ties = tieSizes(values).reduce((sum, size) => sum + term(size), 0);
  return (term(values.length) - ties) / 18;
}

/** The score in standard deviations, with the continuity correction; 0 if all values are equal. */
export function standardScore(score: number, variance: number): number {
  return variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
}
