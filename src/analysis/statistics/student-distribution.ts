/**
 * The probability that a variable with Student's t distribution is above `t`, exact to about 15 decimals.
 *
 * Source: M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
 *
 * @param degrees degrees of freedom, a whole number of at least 1
 * @throws RangeError if `degrees` is not a whole number of at least 1
 */
export function studentUpperTail(t: number, degrees: number): number {
  if (!(Number.isInteger(degrees) && degrees >= 1)) throw new RangeError(`no degrees of freedom: ${degrees}`);
  if (Number.isNaN(t)) return Number.NaN;
  const within = withinProbability(Math.abs(t), degrees);
  return t >= 0 ? (1 - within) / 2 : (1 + within) / 2;
}

/** The quantile of Student's t distribution for the probability `p`. @throws RangeError unless 0.5 <= p < 1 */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p >= 0.5 && p < 1)) throw new RangeError(`not the probability of an upper quantile: ${p}`);
  let low = 0;
  let high = 1;
  while (studentUpperTail(high, degrees) > 1 - p) high *= 2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (studentUpperTail(middle, degrees) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The probability that the variable is no farther from 0 than `t`. */
function withinProbability(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const squaredCosine = Math.cos(angle) ** 2;
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= ((power - 1) / power) * squaredCosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
