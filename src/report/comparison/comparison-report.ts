import {
  type Comparison,
  compareRuns,
  type EndpointComparison,
  type FigureComparison,
} from "../../analysis/comparison/comparison.ts";
import type { MinimalChange } from "../../analysis/comparison/figure-scale.ts";
import { type AskedDifference, type AskedPart, askedDifferences } from "./asked-differences.ts";
import { type ComparedSide, type ComparedSource, noNoiseEstimate } from "./compared-source.ts";

/** The result of a comparison, from which all its output formats are rendered. As JSON, it is `muster-comparison/1`. */
export interface ComparisonReport extends Comparison {
  readonly schema: "muster-comparison/1";
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  readonly minimalChange: MinimalChange;
  /**
   * The differences between what the two runs were asked to do. Unless all of them are accepted, no figure is judged: the
   * outcome is `incomparable`.
   */
  readonly asked: { readonly isSame: boolean; readonly differences: readonly AskedDifference[] };
  /** The observed metrics of both runs, for information: they are not judged. Absent if nothing was observed. */
  readonly observed?: readonly ObservedComparison[];
  /** The limit of `--max-regression`, 0.1 for 10 %; null if it was not given. */
  readonly maxRegression: number | null;
  /** The figures that got worse by more than `maxRegression`. */
  readonly regressions: readonly Regression[];
  /**
   * Why `maxRegression` could not be checked although no regression was found: a run was aborted, killed or is still
   * running, or nothing could be compared. Null if it was checked, or if `maxRegression` is null.
   */
  readonly unknownBecause: string | null;
  /** Notes on what makes the two runs hard to compare, one sentence each. */
  readonly notes: readonly string[];
  /** Whether one of the runs is invalid: its figures describe the generator, not the service. */
  readonly isInvalid: boolean;
}

/** An observed metric in two runs; the side that did not observe it is null. */
export interface ObservedComparison {
  readonly name: string;
  readonly unit: string | null;
  readonly before: ObservedLevel | null;
  readonly after: ObservedLevel | null;
}

interface ObservedLevel {
  readonly avg: number;
  readonly max: number;
}

export interface Regression {
  readonly method: string;
  readonly name: string;
  readonly figure: FigureComparison["figure"];
}

interface ComparisonSettings {
  readonly minimal: MinimalChange;
  readonly maxRegression: number | null;
  /** The kinds of differences between the runs that the user accepts. */
  readonly accepted?: readonly AskedPart[];
}

/** Compares two runs. If they were not asked to do the same, their figures are shown, but no change is claimed. */
export function comparisonReport(
  before: ComparedSource,
  after: ComparedSource,
  { minimal, maxRegression, accepted = [] }: ComparisonSettings,
): ComparisonReport {
  const differences = askedDifferences(before.run, after.run, accepted);
  const isSame = differences.every(({ isAccepted }) => isAccepted);
  const compared = compareRuns(before, after, minimal);
  const comparison = isSame ? compared : notJudged(compared);
  const all = [...comparison.endpoints, comparison.total];
  const regressions = all.flatMap(({ method, name, figures }) =>
    figures
      .filter((figure) => maxRegression !== null && isBeyond(figure, maxRegression))
      .map(({ figure }) => ({ method, name, figure })),
  );
  const observed = observedOf(before, after);
  const isKnown = maxRegression === null || regressions.length > 0;
  return {
    schema: "muster-comparison/1",
    before: sideOf(before),
    after: sideOf(after),
    minimalChange: minimal,
    asked: { isSame, differences },
    maxRegression,
    ...comparison,
    ...(observed.length === 0 ? {} : { observed }),
    regressions,
    unknownBecause: isKnown ? null : unknownBecause(comparison, [before, after]),
    notes: [
      ...differences.map(({ text }) => text),
      ...(isSame && comparison.outcome === "incomparable" ? untested(comparison.total) : []),
      ...usersDifference(before.run, after.run),
      ...lengthDifference(before, after),
      ...[before, after].flatMap((side) => [...(side.notes ?? []), ...doubtsOf(side)]),
    ],
    isInvalid: [before, after].some(({ run }) => run.verdict === "invalid"),
  };
}

/** Pairs the observed metrics: first all of the later run, then the ones that only the earlier run has. */
function observedOf({ observed: first = [] }: ComparedSource, { observed: second = [] }: ComparedSource) {
  const all = [...second, ...first.filter(({ name }) => !second.some((one) => one.name === name))];
  const levelIn = (side: typeof first, name: string): ObservedLevel | null => {
    const found = side.find((one) => one.name === name);
    return found === undefined ? null : { avg: found.avg, max: found.max };
  };
  return all.map(({ name, unit }): ObservedComparison => {
    return { name, unit, before: levelIn(first, name), after: levelIn(second, name) };
  });
}

function unknownBecause({ outcome }: Comparison, sides: readonly ComparedSource[]): string | null {
  const part = sides.find(({ run }) => run.format === undefined && (run.verdict === "aborted" || run.verdict === null));
  if (part !== undefined) return `only a part of ${part.run.id} was measured`;
  return outcome === "incomparable" ? "nothing could be compared" : null;
}

/** Whether a figure is worse with certainty, and by more than `limit` of its earlier value. */
function isBeyond({ outcome, before, after }: FigureComparison, limit: number): boolean {
  if (outcome !== "worse" || before === null || after === null) return false;
  return Math.abs(after - before) > limit * before;
}

function notJudged(comparison: Comparison): Comparison {
  const unjudged = ({ figures, ...endpoint }: EndpointComparison): EndpointComparison => ({
    ...endpoint,
    figures: figures.map((figure) => {
      const because = "the tests or loads of the two runs differ";
      return { ...figure, interval: null, p: null, outcome: "unclear", because };
    }),
  });
  const { total, endpoints } = comparison;
  return { ...comparison, outcome: "incomparable", total: unjudged(total), endpoints: endpoints.map(unjudged) };
}

/** Returns why no figure could be tested. A side without a noise estimate is reported in the notes on that side. */
function untested({ figures }: EndpointComparison): string[] {
  const reasons = new Set(figures.flatMap(({ because }) => because ?? []));
  const told = [...reasons].filter((reason) => !reason.startsWith(noNoiseEstimate));
  return told.length === 0 ? [] : [`nothing could be tested: ${told.join("; ")}`];
}

function sideOf({ run: { asked: _, ...run }, total }: ComparedSource): ComparedSide {
  const { durationMs } = run;
  if (durationMs === null) return { ...run, requestsPerSecond: null };
  return { ...run, requestsPerSecond: durationMs > 0 ? (total.requests / durationMs) * 1_000 : 0 };
}

/** Compares the users of runs whose plan is unknown: in an open load, a slower service needs more users. */
function usersDifference(before: ComparedSource["run"], after: ComparedSource["run"]): string[] {
  if (before.asked !== undefined && after.asked !== undefined) return [];
  const [first, second] = [before.peakUsers, after.peakUsers];
  if (first === null || second === null || first === second) return [];
  return [`the peak number of users differs: ${first} before, ${second} after`];
}

/** Reports different lengths. Runs of different length can be compared as long as their load is the same. */
function lengthDifference({ run: before }: ComparedSource, { run: after }: ComparedSource): string[] {
  if (before.durationMs === null || after.durationMs === null) return [];
  const longest = Math.max(before.durationMs, after.durationMs);
  const isAsLong = Math.abs(before.durationMs - after.durationMs) <= 0.1 * longest;
  return isAsLong ? [] : ["the runs differ in length"];
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
