import { solveLinear } from "./linear-solve.ts";

export interface HarmonicFit {
  /** Full cycles over all values. */
  readonly cycles: number;
  /** From the lowest to the highest point of the wave is twice this. */
  readonly amplitude: number;
  /** The wave alone, without the line under it: one value per position. */
  readonly wave: readonly number[];
  /** Line and wave together. */
  readonly curve: readonly number[];
  /** What they leave. */
  readonly squaredError: number;
}

/** Half a cycle more or less is the least that can be told apart; the best is then looked for in the middle between. */
const coarseStep = 0.5;

/** Of the terms level, slope, cosine and sine. */
interface Solution {
  readonly cycles: number;
  readonly coefficients: readonly number[];
  readonly explained: number;
}

/**
 * The line and the one sine wave on top of it that together leave the least squared error, of all waves with between
 * `fewestCycles` and `mostCycles` cycles. The line is part of the fit, so that a trend is not taken for a part of a wave.
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

/** Time goes from -1 to 1, which keeps the equations well conditioned. */
function timeStep(length: number): number {
  return 2 / Math.max(1, length - 1);
}

/** Of value = level + slope t + cosine cos + sine sin. Sums in variables are several times faster than sums in an array. */
function normalEquations(values: readonly number[], step: number): { matrix: number[][]; right: number[] } {
  const { length } = values;
  // Turning a unit vector by `step` each time is several times faster than a sine and a cosine per value.
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
