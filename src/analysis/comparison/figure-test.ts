import type { ComparedEndpoint, ComparedRun } from "./compared-run.ts";
import { type FigureKind, figureOf } from "./figure.ts";
import { type MinimalChange, scaleOf } from "./figure-scale.ts";
import { type TestedChange, testedChange } from "./minimum-effect.ts";
import { fewestPairs, largeChange, type SectionChange, sectionChange } from "./section-change.ts";
import { sectionDifferences, sharedByMost, whereOnly } from "./section-differences.ts";

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
export interface TestedFigure extends MeasuredFigure, TestedChange {
  readonly kind: "tested";
  /** The reason why the outcome is unclear, if it is, other than a wide interval; null if no other reason is known. */
  readonly because: string | null;
}

/** The number of requests per run that must be slower than a percentile on average: about one per section. */
const requestsBeyond = 20;

const tooShort = "the runs are too short: each must last 10 s, with requests in most of its parts";

const tooDependent =
  "the parts of the runs are too strongly correlated, as when a figure moves in one direction for most of a run";

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
 * Tests whether a figure has changed by more than the smallest change that matters.
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
  const values = comparable(figure, first.value, second.value);
  if (values === null) {
    const measured = { figure, before: first.value, after: second.value, change: null };
    return { ...measured, kind: "untested", because: whyUnknown(before, after) };
  }
  const scale = scaleOf(figure, values.before, settings.minimal);
  const difference = scale.at(values.after) - scale.at(values.before);
  const measured = { figure, ...values, change: scale.reported(difference) };
  const requests = Math.min(before.endpoint.requests, after.endpoint.requests);
  const needed = requestsNeeded(figure);
  const fewRequests = requests < needed ? `${needed} requests are needed in each run` : null;
  if (requests < requestsBeyond) return { ...measured, kind: "untested", because: fewRequests ?? tooShort };
  const differences = sectionDifferences(first, second, scale);
  const { usual, large } = estimates(figure, differences, difference, before, after);
  const found = testedChange(usual, large, scale, settings.alpha);
  const isPartial = differences.length > 0 && Math.abs(difference) > scale.minimal;
  const partly = isPartial && !sharedByMost(differences, difference) ? whereOnly(differences, difference) : null;
  if (found === null) {
    const { noSections } = [before.run, after.run].find((run) => run.noSections !== undefined) ?? {};
    return {
      ...measured,
      kind: "untested",
      because: noSections ?? fewRequests ?? partly ?? (differences.length < fewestPairs ? tooShort : tooDependent),
    };
  }
  const isWithinMinimal = found.isWithinMinimal && fewRequests === null;
  return { ...measured, ...found, kind: "tested", isWithinMinimal, because: fewRequests ?? partly };
}

/** Returns the values if there is a change from one to the other; there is none relative to a throughput of 0. */
function comparable(figure: FigureKind, before: number | null, after: number | null) {
  if (before === null || after === null) return null;
  return figure === "requestsPerSecond" && before === 0 ? null : { before, after };
}

/** The two estimates of a change: for changes of any size, and for large ones. */
function estimates(figure: FigureKind, differences: readonly number[], difference: number, before: Side, after: Side) {
  const usual = sectionChange(differences, difference);
  if (!figure.startsWith("p")) {
    return { usual: usual && figure === "errorRate" ? widened(usual, before, after) : usual, large: null };
  }
  const requests = Math.min(before.endpoint.requests, after.endpoint.requests);
  const widening = Math.sqrt(Math.max(1, requestsNeeded(figure) / requests));
  return {
    usual: usual && withFewRequests(usual, widening),
    large: largeChange(differences, difference, widening),
  };
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

/**
 * Widens the standard error of an error rate. A few failures in a run fall into a few sections, and a run without
 * failures has no spread. So the standard error is at least that of independent requests, with one more failure and one
 * more success added to each run (the rule of succession of P.-S. Laplace, as in A. Agresti and B. Caffo, The American
 * Statistician 54, 2000).
 */
function widened(change: SectionChange, ...sides: readonly Side[]): SectionChange {
  const variance = sides.reduce((sum, { endpoint }) => {
    const share = ((endpoint.failures ?? 0) + 1) / (endpoint.requests + 2);
    return sum + (share * (1 - share)) / (endpoint.requests + 2);
  }, 0);
  return { ...change, standardError: Math.max(change.standardError, Math.sqrt(variance)) };
}

/**
 * Widens the standard error of a percentile if there are so few requests that most sections have none beyond it. The
 * fewer requests the sections have, the less their percentiles vary, compared with a percentile of all requests: for an
 * exponential tail, by at most the square root of the share of the needed requests that there are.
 */
function withFewRequests(change: SectionChange, widening: number): SectionChange {
  return { ...change, standardError: change.standardError * widening };
}
