import type { Interval } from "../statistics/interval.ts";
import { studentQuantile, studentUpperTail } from "../statistics/student-distribution.ts";
import type { ComparedEndpoint, ComparedRun } from "./compared-run.ts";
import { type Figure, type FigureKind, figureOf } from "./figure.ts";
import { type FigureScale, type MinimalChange, scaleOf } from "./figure-scale.ts";
import { type SectionChange, sectionChange } from "./section-change.ts";

/** The measured values of a figure. */
interface MeasuredFigure {
  readonly figure: FigureKind;
  /** The value before: ms, a share of 0 to 1, or per second; null without requests. */
  readonly before: number | null;
  readonly after: number | null;
  /** The change relative to `before`; for an error rate the difference. Null without requests. */
  readonly change: number | null;
}

export interface UntestedFigure extends MeasuredFigure {
  readonly kind: "untested";
  readonly because: string;
}

/** The result of a test, before the correction for the number of tests. */
export interface TestedFigure extends MeasuredFigure {
  readonly kind: "tested";
  /** The probability of a change at least as large, in either direction, if the true change were too small to matter. */
  readonly p: number;
  readonly isWorse: boolean;
  /** The confidence interval of the change, in the reported unit. */
  readonly interval: Interval;
  /** Whether all of the interval is too small to matter. */
  readonly isWithinMinimal: boolean;
}

/** The number of requests per run that must be slower than a percentile on average: about one per section. */
const requestsBeyond = 20;

const tooFewSections = "the runs are too short, or vary too much";

/** An endpoint and its run. */
interface Side {
  readonly endpoint: ComparedEndpoint;
  readonly run: ComparedRun;
}

interface TestSettings {
  readonly minimal: MinimalChange;
  readonly alpha: number;
}

/**
 * Tests whether a figure has changed by more than is too small to matter. The null hypothesis is not that nothing has
 * changed, because two runs are never quite alike, but that the change is at most `minimal`.
 *
 * Source: K. R. Murphy and B. Myors, "Testing the hypothesis that treatments have negligible effects: minimum-effect tests
 * in the general linear model", Journal of Applied Psychology 84 (1999).
 *
 * @param settings alpha: the interval contains the change with a probability of 1 - alpha
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
  const measured = { figure, before: first.value, after: second.value, change: scale.reported(difference) };
  const needed = requestsNeeded(figure);
  if (Math.min(before.endpoint.requests, after.endpoint.requests) < needed) {
    return { ...measured, kind: "untested", because: `${needed} requests are needed in each run` };
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
    : "only one of the two runs has this figure";
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
  const ends = [scale.reported(change - reach), scale.reported(change + reach)];
  return {
    kind: "tested",
    // The test is two-sided.
    p: Math.min(1, 2 * Math.min(worse, better)),
    isWorse: worse < better,
    interval: { low: Math.min(...ends), high: Math.max(...ends) },
    isWithinMinimal: Math.abs(change) + reach < scale.minimal,
  };
}

/**
 * The differences by section. Runs of different length may have 20 and 10 sections: then two neighbouring sections of the
 * one count as one.
 */
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
 * Widens the standard error of an error rate. A few failures in a run fall into a few sections, and none at all have no
 * spread, so the error is at least that of independent requests, with one more failure added to each run (E. B. Wilson's
 * rule of succession, as in A. Agresti and B. Caffo, The American Statistician 54, 2000).
 */
function widened(change: SectionChange, ...sides: readonly Side[]): SectionChange {
  const variance = sides.reduce((sum, { endpoint }) => {
    const share = ((endpoint.failures ?? 0) + 1) / (endpoint.requests + 2);
    return sum + (share * (1 - share)) / (endpoint.requests + 2);
  }, 0);
  return { ...change, standardError: Math.max(change.standardError, Math.sqrt(variance)) };
}
