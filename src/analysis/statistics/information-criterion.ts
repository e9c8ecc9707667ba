/**
 * Computes the Bayesian information criterion (BIC, Schwarz's criterion) of a least-squares fit: of two models of the
 * same data, the one with the lower value is more likely. A difference above 10 is "very strong" evidence (R. E. Kass and
 * A. E. Raftery, "Bayes factors", JASA 90, 1995).
 *
 * Source: G. Schwarz, "Estimating the dimension of a model", Annals of Statistics 6 (1978).
 *
 * @param length the number of values
 * @param independent the effective number of independent values; counting dependent values in full would exaggerate every
 * difference
 */
export function schwarzCriterion(fit: {
  squaredError: number;
  parameters: number;
  length: number;
  independent: number;
}): number {
  const { squaredError, parameters, length, independent } = fit;
  return independent * Math.log(Math.max(squaredError / length, Number.MIN_VALUE)) + parameters * Math.log(independent);
}
