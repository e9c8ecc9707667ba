import { solveLinear } from "../statistics/linear-solve.ts";

/** The throughput with a number of users, in successful requests per second. */
export interface UserStep {
  readonly users: number;
  readonly succeededPerSecond: number;
}

export type Scalability =
  | {
      readonly kind: "fitted";
      /** The throughput of one user alone, in requests per second. */
      readonly perUser: number;
      /** The share of the work that cannot run in parallel. */
      readonly contention: number;
      /** The cost of coordination for every pair of users, as a share of the work. */
      readonly coherency: number;
      /** The number of users with the highest throughput; null if there is none within ten times the tested range. */
      readonly peak: { readonly users: number; readonly perSecond: number } | null;
      /** The coefficient of determination (R²), at most 1. */
      readonly determination: number;
    }
  | { readonly kind: "insufficient"; readonly reason: string };

interface Coefficients {
  readonly perUser: number;
  readonly contention: number;
  readonly coherency: number;
}

const fewestSteps = 6;
/** The throughput per user must fall to this share, or the points do not show the bend. */
const bentEfficiency = 0.75;
/** The limit of a peak, relative to the highest number of users tested. */
const farthestPeak = 10;

/**
 * Fits the Universal Scalability Law X(N) = perUser N / (1 + contention (N - 1) + coherency N (N - 1)) by least squares.
 *
 * Source: N. J. Gunther, "A simple capacity model of massively parallel transaction systems", CMG 1993; Guerrilla Capacity
 * Planning (2007), chapters 4 and 5.
 *
 * @param steps with distinct numbers of users
 */
export function fitScalability(steps: readonly UserStep[]): Scalability {
  const sorted = steps.filter(({ users }) => users > 0).sort((a, b) => a.users - b.users);
  const [fewest, most] = [sorted[0], sorted.at(-1)];
  if (fewest === undefined || most === undefined || sorted.length < fewestSteps) {
    return { kind: "insufficient", reason: `${sorted.length} numbers of users were tested; ${fewestSteps} are needed` };
  }
  if (efficiency(most) > bentEfficiency * efficiency(fewest)) {
    return { kind: "insufficient", reason: "the throughput rose with the users up to the end: it did not level off" };
  }
  const fit = leastSquares(sorted);
  const { perUser, contention, coherency } = fit;
  const mean = sorted.reduce((sum, { succeededPerSecond }) => sum + succeededPerSecond, 0) / sorted.length;
  const variation = sorted.reduce((sum, { succeededPerSecond }) => sum + (succeededPerSecond - mean) ** 2, 0);
  const peakUsers = Math.sqrt((1 - contention) / coherency);
  // A peak far outside the tested range is an extrapolation of noise.
  const peak = peakUsers <= farthestPeak * most.users ? { users: peakUsers, perSecond: lawAt(peakUsers, fit) } : null;
  const determination = 1 - squaredError(sorted, fit) / variation;
  return { kind: "fitted", perUser, contention, coherency, peak, determination };
}

function efficiency({ users, succeededPerSecond }: UserStep): number {
  return succeededPerSecond / users;
}

function lawAt(users: number, { perUser, contention, coherency }: Coefficients): number {
  return (perUser * users) / (1 + contention * (users - 1) + coherency * users * (users - 1));
}

function squaredError(steps: readonly UserStep[], fit: Coefficients): number {
  return steps.reduce((sum, { users, succeededPerSecond }) => sum + (succeededPerSecond - lawAt(users, fit)) ** 2, 0);
}

/**
 * Least squares by damped Gauss-Newton steps on the logarithms of the coefficients, which keeps these above 0.
 *
 * Source: D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters", SIAM Journal 11 (1963).
 */
function leastSquares(steps: readonly UserStep[]): Coefficients {
  const most = steps.at(-1)?.users ?? 1;
  let best: Coefficients = {
    perUser: Math.max(...steps.map(efficiency)),
    contention: 1 / most,
    coherency: 1 / most ** 2,
  };
  let damping = 1e-3;
  for (let iteration = 0; iteration < 500 && damping < 1e12; iteration++) {
    const tried = stepFrom(best, steps, damping);
    if (tried !== undefined && squaredError(steps, tried) < squaredError(steps, best)) {
      best = tried;
      damping = Math.max(1e-12, damping / 5);
    } else damping *= 4;
  }
  return best;
}

function stepFrom(from: Coefficients, steps: readonly UserStep[], damping: number): Coefficients | undefined {
  const matrix = [0, 1, 2].map(() => [0, 0, 0]);
  const right = [0, 0, 0];
  for (const { users, succeededPerSecond } of steps) {
    const value = lawAt(users, from);
    const divisor = (from.perUser * users) / value;
    const slopes = [
      value,
      (-value * from.contention * (users - 1)) / divisor,
      (-value * from.coherency * users * (users - 1)) / divisor,
    ];
    for (const [row, slope] of slopes.entries()) {
      right[row] = (right[row] as number) + slope * (succeededPerSecond - value);
      const cells = matrix[row] as number[];
      for (const [column, other] of slopes.entries()) cells[column] = (cells[column] as number) + slope * other;
    }
  }
  const largest = Math.max(...matrix.map((row, i) => row[i] as number));
  const damped = matrix.map((row, i) =>
    row.map((cell, j) => (i === j ? cell * (1 + damping) + damping * 1e-9 * largest : cell)),
  );
  const change = solveLinear(damped, right);
  if (change === undefined) return undefined;
  const [a, b, c] = change.map(Math.exp) as [number, number, number];
  return { perUser: from.perUser * a, contention: from.contention * b, coherency: from.coherency * c };
}
