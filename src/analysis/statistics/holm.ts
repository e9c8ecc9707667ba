/**
 * Corrects p-values for multiple tests, and returns them in the same order. If the findings are the tests with a
 * corrected p-value of at most alpha, the family-wise error rate (the chance of even one false finding) is at most alpha,
 * however the tests depend on each other.
 *
 * Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
 * (1979).
 */
export function holm(pValues: readonly number[]): number[] {
  const corrected = new Array<number>(pValues.length).fill(1);
  let least = 0;
  for (const [step, [position, p]] of [...pValues.entries()].sort((a, b) => a[1] - b[1]).entries()) {
    least = Math.max(least, Math.min(1, p * (pValues.length - step)));
    corrected[position] = least;
  }
  return corrected;
}
