import { holm } from "../statistics/holm.ts";
import type { Interval } from "../statistics/interval.ts";
import type { ComparedEndpoint, ComparedRun } from "./compared-run.ts";
import { type FigureKind, figureKinds } from "./figure.ts";
import { usualMinimalChange } from "./figure-scale.ts";
import { type TestedFigure, testFigure, type UntestedFigure } from "./figure-test.ts";

/**
 * `worse` and `better`: more than is too small to matter, and not by chance. `same`: any change is too small to matter.
 * `unclear`: nobody can tell from these runs.
 */
export type FigureOutcome = "worse" | "better" | "same" | "unclear";

export interface FigureComparison {
  readonly figure: FigureKind;
  /** Ms, a share of 0 to 1, or per second; null without a request. */
  readonly before: number | null;
  readonly after: number | null;
  /** Relative to `before`; of an error rate the difference. Null where it cannot be told. */
  readonly change: number | null;
  /** Where the change lies with 99 % confidence. */
  readonly interval: Interval | null;
  /** Of all comparisons of such runs that have not changed so much, at most this share finds as much as this anywhere. */
  readonly p: number | null;
  readonly outcome: FigureOutcome;
  /** Why there is no interval. */
  readonly because: string | null;
}

export interface EndpointComparison {
  readonly method: string;
  readonly name: string;
  readonly figures: readonly FigureComparison[];
}

export interface Comparison {
  /** `unchanged`: nothing was found; `incomparable`: nothing could have been. */
  readonly outcome: "worse" | "better" | "unchanged" | "incomparable";
  /** All endpoints together. */
  readonly total: EndpointComparison;
  /** Those of both runs. */
  readonly endpoints: readonly EndpointComparison[];
  readonly onlyBefore: readonly EndpointName[];
  readonly onlyAfter: readonly EndpointName[];
}

interface EndpointName {
  readonly method: string;
  readonly name: string;
}

/** The chance that a comparison calls anything changed although nothing is. */
const alpha = 0.01;

/** Compares two runs, endpoint by endpoint and figure by figure. */
export function compareRuns(before: ComparedRun, after: ComparedRun, minimal = usualMinimalChange): Comparison {
  const pairs = [[before.total, after.total] as const, ...endpointPairs(before, after)];
  const tests = pairs.flatMap(([first, second]) =>
    figureKinds.map((figure) =>
      testFigure(figure, { endpoint: first, run: before }, { endpoint: second, run: after }, { minimal, alpha }),
    ),
  );
  // What could not be tested could not be found by chance either.
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

function judged({ kind, isWorse, isWithinMinimal, ...told }: TestedFigure, p: number): FigureComparison {
  const found = isWorse ? "worse" : "better";
  return { ...told, p, outcome: p <= alpha ? found : isWithinMinimal ? "same" : "unclear", because: null };
}

function unclear({ kind, ...told }: UntestedFigure): FigureComparison {
  return { ...told, interval: null, p: null, outcome: "unclear" };
}

function outcomeOf(figures: readonly FigureComparison[]): Comparison["outcome"] {
  const has = (outcome: FigureOutcome) => figures.some((figure) => figure.outcome === outcome);
  if (has("worse")) return "worse";
  if (has("better")) return "better";
  return figures.every(({ p }) => p === null) ? "incomparable" : "unchanged";
}

function namesWithout(endpoints: readonly ComparedEndpoint[], others: readonly ComparedEndpoint[]): EndpointName[] {
  const known = new Set(others.map(keyOf));
  return endpoints.filter((endpoint) => !known.has(keyOf(endpoint))).map(({ method, name }) => ({ method, name }));
}

function keyOf({ method, name }: EndpointName): string {
  return `${method} ${name}`;
}
