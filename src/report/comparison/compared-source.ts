import type { ComparedEndpoint, ComparedRun, FigureColumns } from "../../analysis/comparison/compared-run.ts";
import { formatClock } from "../../core/duration.ts";
import { count, perSecondText } from "../numbers.ts";
import type { Baseline } from "../result/baseline.ts";

/** One side of a comparison: a stored run, a baseline file, or an HdrHistogram file, which contains less than a run. */
export interface ComparedSource extends ComparedRun {
  readonly run: ComparedFacts;
  readonly series: Baseline["series"];
  readonly total: DrawnEndpoint;
  readonly endpoints: readonly DrawnEndpoint[];
  readonly observed?: Baseline["observed"];
  /** Notes on the source for the user, one sentence each. */
  readonly notes?: readonly string[];
}

interface DrawnEndpoint extends ComparedEndpoint {
  readonly series: FigureColumns | null;
  /** The distribution of the response times, encoded as in a baseline file; absent if the source does not have all of it. */
  readonly histogram?: string;
}

type RunFacts = Baseline["run"];

/**
 * Facts of a run. For an HdrHistogram file, `format` is set, the id is its name, and missing facts are null.
 */
export type ComparedFacts = Pick<RunFacts, "id"> & {
  readonly [Fact in Exclude<keyof RunFacts, "id" | "asked">]: RunFacts[Fact] | null;
} & Pick<RunFacts, "asked"> & { readonly format?: "log" | "percentiles" };

export type ComparedSide = Omit<ComparedFacts, "asked"> & {
  /** The rate over the whole run; null if the duration is unknown. */
  readonly requestsPerSecond: number | null;
};

/** The first words of `noSections`: without sections of the run to compare, a change cannot be distinguished from chance. */
export const noNoiseEstimate = "no noise estimate";

const unknown = "–";

/** The facts of one side as text: start, duration, users, rate, verdict. */
export function sideCells(side: ComparedSide) {
  return {
    started: side.startedAt === null ? unknown : `${side.startedAt.replace("T", " ").slice(0, 16)} UTC`,
    length: side.durationMs === null ? unknown : formatClock(side.durationMs),
    users: side.peakUsers === null ? unknown : count(side.peakUsers),
    rate: side.requestsPerSecond === null ? unknown : perSecondText(side.requestsPerSecond),
    verdict:
      side.verdict ??
      { log: "HdrHistogram log", percentiles: "percentile text", none: "no result" }[side.format ?? "none"],
  };
}

/** The test that was compared: the one of the later run, or of the only side that is a run. */
export function comparedTest({ before, after }: { readonly before: ComparedSide; readonly after: ComparedSide }) {
  const { test, profile, host } = after.test === null ? before : after;
  return test === null ? null : { test, profile, host };
}
