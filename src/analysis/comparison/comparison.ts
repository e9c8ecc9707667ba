import { holm } from "../statistics/holm.ts";
import type { Interval } from "../statistics/interval.ts";
import type { ComparedEndpoint, ComparedRun } from "./compared-run.ts";
import { type FigureKind, figureKinds } from "./figure.ts";
import { usualMinimalChange } from "./figure-scale.ts";
import { type TestedFigure, testFigure, type UntestedFigure } from "./figure-test.ts";

/**
 * The outcome for a figure. `worse` and `better`: a significant change that is large enough to matter. `same`: any change
 * is too small to matter. `unclear`: these runs do not show which.
 */
export type FigureOutcome = "worse" | "better" | "same" | "unclear";

export interface FigureComparison {
  readonly figure: FigureKind;
  /** The value before: ms, a share of 0 to 1, or per second; null without requests. */
  readonly before: number | null;
  readonly after: number | null;
  /** The change relative to `before`; for an error rate the difference. Null if it is not known. */
  readonly change: number | null;
  /** The 99 % confidence interval of the change. */
  readonly interval: Interval | null;
  /**
   * The p-value, corrected for the number of tests: the chance that a comparison of runs without a relevant change shows a
   * change as large as this anywhere.
   */
  readonly p: number | null;
  readonly outcome: FigureOutcome;
  /** The reason why the outcome is unclear, other than a wide interval; null if the outcome is clear, or no other reason is known. */
  readonly because: string | null;
}

export interface EndpointComparison {
  readonly method: string;
  readonly name: string;
  readonly figures: readonly FigureComparison[];
}

export interface Comparison {
  /** The overall outcome. `unchanged`: no change was found; `incomparable`: nothing could be tested. */
  readonly outcome: "worse" | "better" | "unchanged" | "incomparable";
  /** The comparison of all endpoints together. */
  readonly total: EndpointComparison;
  /** The endpoints that both runs have. */
  readonly endpoints: readonly EndpointComparison[];
  readonly onlyBefore: readonly EndpointName[];
  readonly onlyAfter: readonly EndpointName[];
}

interface EndpointName {
  readonly method: string;
  readonly name: string;
}

/** The chance that a comparison reports any change although nothing has changed. */
const alpha = 0.01;

/** Compares two runs, endpoint by endpoint and figure by figure. */
export function compareRuns(before: ComparedRun, after: ComparedRun, minimal = usualMinimalChange): Comparison {
  const pairs = [[before.total, after.total] as const, ...endpointPairs(before, after)];
  const tests = pairs.flatMap(([first, second]) =>
    figureKinds.map((figure) =>
      testFigure(figure, { endpoint: first, run: before }, { endpoint: second, run: after }, { minimal, alpha }),
    ),
  );
  // Figures that could not be tested do not count for the correction.
  const corrected = holm(tests.flatMap((test) => (test.kind === "tested" ? [test.p] : []))).values();
  const figures = tests.map((test) =>
    test.kind === "tested" ? judged(test, corrected.next().value ?? 1) : unclear(test),
  );
  const [total, ...endpoints] = pairs.map(([{ method, name }], position) => {
    return { method, name, figures: figures.slice(position * figureKinds.length, (position + 1) * figureKinds.length) };
  });
  return {
    outcome: outcomeOf(figures),
    total: total as EndpointComparison,
    endpoints,
    onlyBefore: namesWithout(before.endpoints, after.endpoints),
    onlyAfter: namesWithout(after.endpoints, before.endpoints),
  };
}

function endpointPairs(before: ComparedRun, after: ComparedRun): (readonly [ComparedEndpoint, ComparedEndpoint])[] {
  const others = new Map(after.endpoints.map((endpoint) => [keyOf(endpoint), endpoint]));
  return before.endpoints.flatMap((endpoint) => {
    const other = others.get(keyOf(endpoint));
    return other === undefined ? [] : [[endpoint, other] as const];
  });
}

function judged({ kind, isWorse, isWithinMinimal, ...reported }: TestedFigure, p: number): FigureComparison {
  const found = isWorse ? "worse" : "better";
  const outcome = p <= alpha ? found : isWithinMinimal ? "same" : "unclear";
  return { ...reported, p, outcome, because: outcome === "unclear" ? reported.because : null };
}

function unclear({ kind, ...reported }: UntestedFigure): FigureComparison {
  return { ...reported, interval: null, p: null, outcome: "unclear" };
}

function outcomeOf(figures: readonly FigureComparison[]): Comparison["outcome"] {
  const has = (outcome: FigureOutcome) => figures.some((figure) => figure.outcome === outcome);
  if (has("worse")) return "worse";
  if (has("better")) return "better";
  return figures.every(({ p }) => p === null) ? "incomparable" : "unchanged";
}

function namesWithout(endpoints: readonly ComparedEndpoint[], others: readonly ComparedEndpoint[]): EndpointName[] {
  const otherKeys = new Set(others.map(keyOf));
  return endpoints.filter((endpoint) => !otherKeys.has(keyOf(endpoint))).map(({ method, name }) => ({ method, name }));
}

function keyOf({ method, name }: EndpointName): string {
  return `${method} ${name}`;
}
