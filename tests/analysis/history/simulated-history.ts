import type { Random } from "../../../src/core/random.ts";
import { autoregressive, normal } from "../synthetic-noise.ts";

/** How the figure of a test varies from run to run. */
export interface SimulatedNoise {
  /** The standard deviation of its logarithm. */
  readonly sigma: number;
  /** The correlation with the run before. */
  readonly correlation?: number;
  /** The share of runs that something else disturbed: they take 1.5 to 3 times as long. */
  readonly disturbed?: number;
}

/** A p95 in ms of one run after another; `levels` has the median of each. */
export function simulatedHistory(
  random: Random,
  levels: readonly number[],
  { sigma, correlation = 0, disturbed = 0 }: SimulatedNoise,
): number[] {
  const noise =
    correlation === 0 ? levels.map(() => normal(random)) : autoregressive(random, levels.length, correlation);
  return levels.map((level, position) => {
    const slowed = random.next() < disturbed ? 1.5 + 1.5 * random.next() : 1;
    return level * slowed * Math.exp(sigma * (noise[position] ?? 0));
  });
}

export function flat(length: number, level = 100): number[] {
  return Array.from({ length }, () => level);
}
