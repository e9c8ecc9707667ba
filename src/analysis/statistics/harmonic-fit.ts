import { solveLinear } from "./linear-solve.ts";

export interface HarmonicFit {
  /** The number of full cycles over all values. */
  readonly cycles: number;
  /** The amplitude: half the distance from the lowest to the highest point of the wave. */
  readonly amplitude: number;
  /** The wave without the line: one value per position. */
  readonly wave: readonly number[];
  /** The line plus the wave. */
  readonly curve: readonly number[];
  /** The squared error of the curve. */
  readonly squaredError: number;
}

/**
 * The step of the first search, in cycles: half a cycle is the smallest difference that can be resolved. The best number
 * of cycles is then refined by half a step.
 */
const coarseStep = 0.5;

/** The coefficients of the terms level, slope, cosine and sine. */
interface Solution {
  readonly cycles: number;
  readonly coefficients: readonly number[];
  readonly explained: number;
}

/**
 * Fits a line plus one sine wave with the least squared error, over all waves with `fewestCycles` to `mostCycles` cycles.
 * The line is part of the fit, so that a trend is not mistaken for part of a wave.
 *
 * Source: harmonic regression; N. R. Lomb, "Least-squares frequency analysis of unequally spaced data", Astrophysics and
 * Space Science 39 (1976), here for evenly spaced values.
 */
export function fitHarmonic(
  values: readonly number[],
  fewestCycles: number,
  mostCycles: number,
): HarmonicFit | undefined {
  let best: Solution | undefined;
  const tryCycles = (cycles: number) => {
    const solution = solve(values, cycles);
    if (solution !== undefined && solution.explained > (best?.explained ?? Number.NEGATIVE_INFINITY)) best = solution;
  };
  for (let cycles = fewestCycles; cycles <= mostCycles; cycles += coarseStep) tryCycles(cycles);
  const coarse = best?.cycles ?? Number.NaN;
  for (const cycles of [coarse - coarseStep / 2, coarse + coarseStep / 2])
    if (cycles >= fewestCycles) tryCycles(cycles);
  return best === undefined ? undefined : drawn(values, best);
}

function solve(values: readonly number[], cycles: number): Solution | undefined {
  const { matrix, right } = normalEquations(values, (2 * Math.PI * cycles) / values.length);
  const coefficients = solveLinear(matrix, right);
  if (coefficients === undefined) return undefined;
  const explained = coefficients.reduce((sum, coefficient, i) => sum + coefficient * (right[i] as number), 0);
  return { cycles, coefficients, explained };
}

function drawn(values: readonly number[], { cycles, coefficients }: Solution): HarmonicFit {
  const [level, slope, cosine, sine] = coefficients as [number, number, number, number];
  const step = (2 * Math.PI * cycles) / values.length;
  const wave = values.map((_, i) => cosine * Math.cos(step * i) + sine * Math.sin(step * i));
  const curve = wave.map((value, i) => value + level + slope * (timeStep(values.length) * i - 1));
  const squaredError = values.reduce((sum, value, i) => sum + (value - (curve[i] as number)) ** 2, 0);
  return { cycles, amplitude: Math.hypot(cosine, sine), wave, curve, squaredError };
}

/** The step of the time, which goes from -1 to 1 to keep the equations well conditioned. */
function timeStep(length: number): number {
  return 2 / Math.max(1, length - 1);
}

/**
 * The normal equations of value = level + slope t + cosine cos + sine sin. Sums in variables are several times faster than
 * sums in an array.
 */
function normalEquations(values: readonly number[], step: number): { matrix: number[][]; right: number[] } {
  const { length } = values;
  // Rotating a unit vector by `step` each time is several times faster than a sine and a cosine per value.
  const [turnCos, turnSin] = [Math.cos(step), Math.sin(step)];
  const perPosition = timeStep(length);
  let [cos, sin] = [1, 0];
  let [t1, c1, s1, tt, tc, ts, cc, cs, ss] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  let [v1, vt, vc, vs] = [0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    const t = perPosition * i - 1;
    const value = values[i] as number;
    t1 += t;
    c1 += cos;
    s1 += sin;
    tt += t * t;
    tc += t * cos;
    ts += t * sin;
    cc += cos * cos;
    cs += cos * sin;
    ss += sin * sin;
    v1 += value;
    vt += t * value;
    vc += cos * value;
    vs += sin * value;
    const turned = cos * turnCos - sin * turnSin;
    sin = cos * turnSin + sin * turnCos;
    cos = turned;
  }
  const matrix = [
    [length, t1, c1, s1],
    [t1, tt, tc, ts],
    [c1, tc, cc, cs],
    [s1, ts, cs, ss],
  ];
  return { matrix, right: [v1, vt, vc, vs] };
}
