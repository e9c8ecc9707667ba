import type { Interval } from "../statistics/interval.ts";
import { studentQuantile, studentUpperTail } from "../statistics/student-distribution.ts";
import type { ComparedEndpoint, ComparedRun } from "./compared-run.ts";
import { type Figure, type FigureKind, figureOf } from "./figure.ts";
import { type FigureScale, type MinimalChange, scaleOf } from "./figure-scale.ts";
import { type SectionChange, sectionChange } from "./section-change.ts";

/** What was measured. */
interface MeasuredFigure {
  readonly figure: FigureKind;
  /** Ms, a share of 0 to 1, or per second; null without a request. */
  readonly before: number | null;
  readonly after: number | null;
  /** Relative to `before`; of an error rate the difference. Null without a request. */
  readonly change: number | null;
}

export interface UntestedFigure extends MeasuredFigure {
  readonly kind: "untested";
  readonly because: string;
}

/** What the test found, before it is known how many there are. */
export interface TestedFigure extends MeasuredFigure {
  readonly kind: "tested";
  /** Probability of so large a change in either direction, if it were too small to matter. */
  readonly p: number;
  readonly isWorse: boolean;
  /** Where the change lies, in the unit in which it is told. */
  readonly interval: Interval;
  /** All of the interval is too small to matter. */
  readonly isWithinMinimal: boolean;
}

/** So many requests must be slower than a percentile on average, in each run: about one in each section. */
const requestsBeyond = 20;

const tooFewSections = "the runs are too short, or waver too much";

/** An endpoint, and the run that it is of. */
interface Side {
  readonly endpoint: ComparedEndpoint;
  readonly run: ComparedRun;
}

interface TestSettings {
  readonly minimal: MinimalChange;
  readonly alpha: number;
}

/**
 * Whether a figure has changed by more than is too small to matter: so the hypothesis to be refuted is not that nothing has
 * changed, as two runs are never quite alike, but that the change is at most `minimal`.
 *
 * Source: K. R. Murphy and B. Myors, "Testing the hypothesis that treatments have negligible effects: minimum-effect tests
 * in the general linear model", Journal of Applied Psychology 84 (1999).
 *
 * @param settings alpha: the interval holds the change with a probability of 1 - alpha
 */
export function testFigure(
  figure: FigureKind,
  before: Side,
  after: Side,
  settings: TestSettings,
): UntestedFigure | TestedFigure {
  const first = figureOf(figure, before.endpoint, before.run);
  const second = figureOf(figure, after.endpoint, after.run);
  if (first.value === null || second.value === null) {
    const measured = { figure, before: first.value, after: second.value, change: null };
    return { ...measured, kind: "untested", because: whyUnknown(before, after) };
  }
  const scale = scaleOf(figure, first.value, settings.minimal);
  const difference = scale.at(second.value) - scale.at(first.value);
  const measured = { figure, before: first.value, after: second.value, change: scale.told(difference) };
  const needed = requestsNeeded(figure);
  if (Math.min(before.endpoint.requests, after.endpoint.requests) < needed) {
    return { ...measured, kind: "untested", because: `it takes ${needed} requests in each run` };
  }
  const change = sectionChange(differencesOf(first, second, scale), difference);
  if (change === null)
    return { ...measured, kind: "untested", because: before.run.noSections ?? after.run.noSections ?? tooFewSections };
  const spread = figure === "errorRate" ? widened(change, before, after) : change;
  return { ...measured, ...tested(spread, scale, settings.alpha) };
}

function whyUnknown(...sides: readonly Side[]): string {
  return sides.some(({ endpoint }) => endpoint.requests === 0)
    ? "there were no requests"
    : "only one of the two tells it";
}

function requestsNeeded(kind: FigureKind): number {
  switch (kind) {
    case "p50":
      return 2 * requestsBeyond;
    case "p95":
      return 20 * requestsBeyond;
    case "p99":
      return 100 * requestsBeyond;
    case "errorRate":
    case "requestsPerSecond":
      return requestsBeyond;
  }
}

type ChangeFound = Omit<TestedFigure, keyof MeasuredFigure>;

function tested({ change, standardError, degrees }: SectionChange, scale: FigureScale, alpha: number): ChangeFound {
  const upperTail = (distance: number) => {
    if (standardError === 0) return distance > 0 ? 0 : 1;
    return studentUpperTail(distance / standardError, degrees);
  };
  const worse = upperTail(change - scale.minimal);
  const better = upperTail(-change - scale.minimal);
  const reach = studentQuantile(1 - alpha / 2, degrees) * standardError;
  const ends = [scale.told(change - reach), scale.told(change + reach)];
  return {
    kind: "tested",
    // There are two directions in which chance could have found one.
    p: Math.min(1, 2 * Math.min(worse, better)),
    isWorse: worse < better,
    interval: { low: Math.min(...ends), high: Math.max(...ends) },
    isWithinMinimal: Math.abs(change) + reach < scale.minimal,
  };
}

/** Runs of different length may have 20 and 10 sections: then each two neighbours of the one stand for one. */
function differencesOf(before: Figure, after: Figure, scale: FigureScale): (number | null)[] {
  const count = Math.min(before.sections.length, after.sections.length);
  const placed = ({ sections }: Figure) => {
    const values = sections.map((value) => (value === null ? null : scale.at(value)));
    return values.length > count ? inPairs(values) : values;
  };
  const [first, second] = [placed(before), placed(after)];
  return first.map((from, position) => {
    const to = second[position] ?? null;
    return from === null || to === null ? null : to - from;
  });
}

function inPairs(values: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: values.length / 2 }, (_, position) => {
    const both = values.slice(2 * position, 2 * position + 2).filter((value) => value !== null);
    return both.length === 0 ? null : both.reduce((sum, value) => sum + value, 0) / both.length;
  });
}

/**
 * A few failures in a run all fall into a few sections, and none at all do not spread: the error is at least that of independent
 * requests, one more failure added to each run (E. B. Wilson's rule of succession, as in A. Agresti and B. Caffo, The American
 * Statistician 54, 2000).
 */
function widened(change: SectionChange, ...sides: readonly Side[]): SectionChange {
  const variance = sides.reduce((sum, { endpoint }) => {
    const share = ((endpoint.failures ?? 0) + 1) / (endpoint.requests + 2);
    return sum + (share * (1 - share)) / (endpoint.requests + 2);
  }, 0);
  return { ...change, standardError: Math.max(change.standardError, Math.sqrt(variance)) };
}
