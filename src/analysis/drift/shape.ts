import { fitHarmonic, type HarmonicFit } from "../statistics/harmonic-fit.ts";
import { schwarzCriterion } from "../statistics/information-criterion.ts";
import { fitLine } from "../statistics/line-fit.ts";
import { withoutOutliers } from "../statistics/median.ts";
import { autocorrelation } from "../statistics/serial-correlation.ts";
import { fitStep } from "../statistics/step-fit.ts";

/** The simple curve that describes a series best. A wave may have a slope. */
export type Shape =
  | { readonly kind: "level" }
  | { readonly kind: "line" }
  | { readonly kind: "step"; readonly position: number }
  | { readonly kind: "wave"; readonly fit: HarmonicFit };

export interface Description {
  /** The best curve; a step or a wave only with very strong evidence against no change. */
  readonly shape: Shape;
  /** The position of the step that describes the values better than any line; null if a line is better. */
  readonly stepInsteadOfLine: number | null;
  /** The position of the step that describes the values best; null if there are too few values. */
  readonly bestStep: number | null;
}

/** A curve with the residuals that it leaves. */
interface Candidate {
  readonly shape: Shape;
  readonly parameters: number;
  readonly residuals: readonly number[];
  readonly squaredError: number;
}

/** The limit for "very strong" evidence against no change; see `schwarzCriterion`. */
const strongEvidence = 10;
/** The minimum number of full cycles of an oscillation; fewer are a rise or fall that may have ended. */
const fewestCycles = 2;
/** The minimum number of points per cycle; with fewer a wave is noise between neighbouring points. */
const pointsPerCycle = 8;
/**
 * The minimum share of the line's residual variation that a wave must explain; a weaker wave does not characterise the
 * series.
 */
const leastWaveShare = 0.2;
/** Describes the shape of evenly spaced values, at least a dozen. */
export function describeShape(values: readonly number[]): Description {
  const clipped = withoutOutliers(values);
  const line = lineThrough(clipped);
  const bent = [bestStep(clipped), waveIn(clipped, line.squaredError)].filter((other) => other !== undefined);
  const [level, criterion] = [levelThrough(clipped), criterionOf([line, ...bent])];
  const likely = bent.filter((other) => criterion(other) < criterion(level) - strongEvidence);
  const { shape } = [level, line, ...likely].reduce((best, other) =>
    criterion(other) < criterion(best) ? other : best,
  );
  const withoutWave =
    shape.kind === "wave" ? clipped.map((value, i) => value - (shape.fit.wave[i] as number)) : clipped;
  const step = bestStep(withoutWave)?.shape;
  return {
    shape,
    stepInsteadOfLine: stepInsteadOfLine(withoutWave),
    bestStep: step?.kind === "step" ? step.position : null,
  };
}

/** Whether a step at the given position describes the values better than a line. */
export function stepFitsBetter(values: readonly number[], position: number): boolean {
  const clipped = withoutOutliers(values);
  return stepAt(clipped, position).squaredError < lineThrough(clipped).squaredError;
}

function stepInsteadOfLine(values: readonly number[]): number | null {
  const [line, step] = [lineThrough(values), bestStep(values)];
  if (step === undefined) return null;
  const criterion = criterionOf([line, step]);
  return step.shape.kind === "step" && criterion(step) < criterion(line) ? step.shape.position : null;
}

/**
 * Returns Schwarz's criterion (BIC) for candidates, with the effective number of independent values in the residuals of
 * the best candidate.
 */
function criterionOf(candidates: readonly Candidate[]): (candidate: Candidate) => number {
  const closest = candidates.reduce((best, other) => (other.squaredError < best.squaredError ? other : best));
  const { length } = closest.residuals;
  const independent = length / dependence(closest.residuals);
  return ({ squaredError, parameters }) => schwarzCriterion({ squaredError, parameters, length, independent });
}

/**
 * The number of values per effective independent value, for a first-order autoregression.
 *
 * Source: G. V. Bayley and J. M. Hammersley, "The effective number of independent observations in an autocorrelated time
 * series", supplement to the Journal of the Royal Statistical Society 8 (1946).
 */
function dependence(residuals: readonly number[]): number {
  const correlation = Math.min(0.99, Math.max(0, autocorrelation(residuals, 1)));
  return (1 + correlation) / (1 - correlation);
}

function lineThrough(values: readonly number[]): Candidate {
  const { intercept, slope } = fitLine(values.map((value, at) => ({ at, value })));
  return candidate({ kind: "line" }, 2, values, (at) => intercept + slope * at);
}

function levelThrough(values: readonly number[]): Candidate {
  const level = mean(values);
  return candidate({ kind: "level" }, 1, values, () => level);
}

function bestStep(values: readonly number[]): Candidate | undefined {
  const fit = fitStep(values, Math.max(5, Math.ceil(values.length * 0.05)));
  return fit === undefined ? undefined : stepAt(values, fit.position);
}

function stepAt(values: readonly number[], position: number): Candidate {
  const [before, after] = [mean(values.slice(0, position)), mean(values.slice(position))];
  return candidate({ kind: "step", position }, 3, values, (at) => (at < position ? before : after));
}

function waveIn(values: readonly number[], lineError: number): Candidate | undefined {
  const fit = fitHarmonic(values, fewestCycles, values.length / pointsPerCycle);
  if (fit === undefined || fit.squaredError > (1 - leastWaveShare) * lineError) return undefined;
  return candidate({ kind: "wave", fit }, 5, values, (at) => fit.curve[at] as number);
}

function candidate(
  shape: Shape,
  parameters: number,
  values: readonly number[],
  curve: (position: number) => number,
): Candidate {
  const residuals = values.map((value, position) => value - curve(position));
  return { shape, parameters, residuals, squaredError: residuals.reduce((sum, residual) => sum + residual ** 2, 0) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
