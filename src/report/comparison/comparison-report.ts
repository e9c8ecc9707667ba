import { type Comparison, compareRuns, type FigureComparison } from "../../analysis/comparison/comparison.ts";
import type { MinimalChange } from "../../analysis/comparison/figure-scale.ts";
import type { ComparedSide, ComparedSource } from "./compared-source.ts";

/** What a comparison says, in every form in which it is written; as JSON it is `muster-comparison/1`. */
export interface ComparisonReport extends Comparison {
  readonly schema: "muster-comparison/1";
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  readonly minimalChange: MinimalChange;
  /** 0.1 is 10 %; null when nothing was asked. */
  readonly maxRegression: number | null;
  /** What got worse by more than that. */
  readonly regressions: readonly Regression[];
  /** What makes the two hard to compare, each in a sentence. */
  readonly notes: readonly string[];
  /** Of one of the two runs the figures are those of the generator. */
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

/** Certainly worse, and by more than `limit` of what it was. */
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
    ["most users at a time", before.peakUsers, after.peakUsers],
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
      return [`${run.id} has no result: it goes on, or was killed`];
    default:
      return [`${run.id} was ${run.verdict}`];
  }
}
