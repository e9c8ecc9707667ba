/** The number of standard deviations beyond which the tail is below the smallest double. */
const farthest = 38;
/** The distance from which on the quotient of polynomials loses relative precision in the tail. */
const continuedFractionFrom = 4;

/** The numerator and the denominator, highest power first. */
const numerator = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
];
const denominator = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
];

/**
 * The probability that a standard normal variable is at most `z`. It is exact to about 12 digits, in the lower tail also
 * relative to the probability itself; use `normalCdf(-z)` for the upper tail.
 *
 * Source: J. F. Hart, Computer Approximations (1968), algorithm 5666, as given by G. West, "Better approximations to
 * cumulative normal functions", Wilmott Magazine (2005); beyond 4 deviations Laplace's continued fraction (1805).
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  const distance = Math.abs(z);
  const tail = distance > farthest ? 0 : Math.exp((-distance * distance) / 2) * millsRatio(distance);
  return z > 0 ? 1 - tail : tail;
}

/** The quantile of the standard normal distribution for the probability `p`. @throws RangeError unless 0 < p < 1 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability is above 0 and below 1, not ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  // Bisection needs no second approximation, and few quantiles are needed.
  let low = -farthest;
  let high = 0;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The two-sided p-value: the probability that a standard normal variable is farther from 0, on either side, than `z`. */
export function twoSidedP(z: number): number {
  return Math.min(1, 2 * normalCdf(-Math.abs(z)));
}

/** The tail beyond `distance` as a multiple of exp(-distance^2 / 2). */
function millsRatio(distance: number): number {
  if (distance < continuedFractionFrom) return polynomial(numerator, distance) / polynomial(denominator, distance);
  let fraction = distance;
  for (let depth = 40; depth >= 1; depth--) fraction = distance + depth / fraction;
  return 1 / (fraction * Math.sqrt(2 * Math.PI));
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
