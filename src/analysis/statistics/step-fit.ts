export interface StepFit {
  /** The position of the first value after the step. */
  readonly position: number;
  readonly squaredError: number;
}

/**
 * Fits the single step from one constant level to another with the least squared error.
 *
 * Source: D. V. Hinkley, "Inference about the change-point in a sequence of random variables", Biometrika 57 (1970).
 *
 * @param atLeast the minimum number of values on each side, so that a burst at an end is not taken for a step
 * @returns undefined if there are too few values
 */
export function fitStep(values: readonly number[], atLeast: number): StepFit | undefined {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const total = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  let best: StepFit | undefined;
  let sum = 0; // of the deviations before the position; those after it add up to its opposite
  for (let position = 1; position < length; position++) {
    sum += (values[position - 1] as number) - mean;
    if (position < atLeast || length - position < atLeast) continue;
    const explained = (sum * sum * length) / (position * (length - position));
    if (best !== undefined && total - explained >= best.squaredError) continue;
    best = { position, squaredError: Math.max(0, total - explained) };
  }
  return best;
}
