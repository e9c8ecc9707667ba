import { type Comparison, compareRuns, type FigureComparison } from "../../analysis/comparison/comparison.ts";
import type { MinimalChange } from "../../analysis/comparison/figure-scale.ts";
import type { ComparedSide, ComparedSource } from "./compared-source.ts";

/** The result of a comparison, from which all its forms are rendered. As JSON, it is `muster-comparison/1`. */
export interface ComparisonReport extends Comparison {
  readonly schema: "muster-comparison/1";
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  readonly minimalChange: MinimalChange;
  /** The limit of `--max-regression`: 0.1 is 10 %; null when it was not given. */
  readonly maxRegression: number | null;
  /** The figures that got worse by more than `maxRegression`. */
  readonly regressions: readonly Regression[];
  /** What makes the two runs hard to compare, one sentence each. */
  readonly notes: readonly string[];
  /** True if one of the runs is invalid: its figures describe the generator, not the service. */
  readonly isInvalid: boolean;
}

export interface Regression {
  readonly method: string;
  readonly name: string;
  readonly figure: FigureComparison["figure"];
}

export function comparisonReport(
  before: ComparedSource,
  after: ComparedSource,
  { minimal, maxRegression }: { readonly minimal: MinimalChange; readonly maxRegression: number | null },
): ComparisonReport {
  const comparison = compareRuns(before, after, minimal);
  const all = [...comparison.endpoints, comparison.total];
  return {
    schema: "muster-comparison/1",
    before: sideOf(before),
    after: sideOf(after),
    minimalChange: minimal,
    maxRegression,
    ...comparison,
    regressions: all.flatMap(({ method, name, figures }) =>
      figures
        .filter((figure) => maxRegression !== null && isBeyond(figure, maxRegression))
        .map(({ figure }) => ({ method, name, figure })),
    ),
    notes: [
      ...differencesOf(before, after),
      ...[before, after].flatMap((side) => [...(side.notes ?? []), ...doubtsOf(side)]),
    ],
    isInvalid: [before, after].some(({ run }) => run.verdict === "invalid"),
  };
}

/** Whether a figure is worse with certainty, and by more than `limit` of its earlier value. */
function isBeyond({ outcome, before, after }: FigureComparison, limit: number): boolean {
  if (outcome !== "worse" || before === null || after === null) return false;
  return Math.abs(after - before) > limit * before;
}

function sideOf({ run, total }: ComparedSource): ComparedSide {
  const { durationMs } = run;
  if (durationMs === null) return { ...run, requestsPerSecond: null };
  return { ...run, requestsPerSecond: durationMs > 0 ? (total.requests / durationMs) * 1_000 : 0 };
}

function differencesOf({ run: before }: ComparedSource, { run: after }: ComparedSource): string[] {
  const fields = [
    ["test", before.test, after.test],
    ["profile", before.profile, after.profile],
    ["peak number of users", before.peakUsers, after.peakUsers],
    ["number of workers", before.workers, after.workers],
  ] as const;
  const differences = fields.flatMap(([what, first, second]) =>
    first === null || second === null || first === second
      ? []
      : [`the ${what} differs: ${first} before, ${second} after`],
  );
  if (before.durationMs === null || after.durationMs === null) return differences;
  const isAsLong =
    Math.abs(before.durationMs - after.durationMs) <= 0.1 * Math.max(before.durationMs, after.durationMs);
  return isAsLong ? differences : [...differences, "the runs differ in length"];
}

function doubtsOf({ run }: ComparedSource): string[] {
  if (run.format !== undefined) return [];
  switch (run.verdict) {
    case "passed":
    case "failed":
      return [];
    case "invalid":
      return [`${run.id} is invalid: its figures are the generator's, not the service's`];
    case null:
      return [`${run.id} has no result: it is still running, or was killed`];
    default:
      return [`${run.id} was ${run.verdict}`];
  }
}
