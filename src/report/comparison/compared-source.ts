import type { ComparedEndpoint, ComparedRun, FigureColumns } from "../../analysis/comparison/compared-run.ts";
import { formatClock } from "../../core/duration.ts";
import { count, perSecondText } from "../numbers.ts";
import type { Baseline } from "../result/baseline.ts";

/** What is compared: a run of the store, a baseline file, or a file of HdrHistogram, which says less than a run does. */
export interface ComparedSource extends ComparedRun {
  readonly run: ComparedFacts;
  readonly series: Baseline["series"];
  readonly total: DrawnEndpoint;
  readonly endpoints: readonly DrawnEndpoint[];
  /** What a reader must know about the source, each in a sentence. */
  readonly notes?: readonly string[];
}

interface DrawnEndpoint extends ComparedEndpoint {
  readonly series: FigureColumns | null;
}

type RunFacts = Baseline["run"];

/** Facts of a run. A file of HdrHistogram has a format; its id is its name, and what it does not say is null. */
export type ComparedFacts = Pick<RunFacts, "id"> & {
  readonly [Fact in Exclude<keyof RunFacts, "id">]: RunFacts[Fact] | null;
} & { readonly format?: "log" | "percentiles" };

export type ComparedSide = ComparedFacts & {
  /** Null when the duration is not known. */
  readonly requestsPerSecond: number | null;
};

/** How `noSections` of a file begins: without parts of the run to compare, a change cannot be told from chance. */
export const noNoiseEstimate = "no noise estimate";

const unknown = "–";

/** What each form of a comparison says of a side, as text: started, length, users, rate, verdict. */
export function sideCells(side: ComparedSide) {
  return {
    started: side.startedAt?.replace("T", " ").slice(0, 16) ?? unknown,
    length: side.durationMs === null ? unknown : formatClock(side.durationMs),
    users: side.peakUsers === null ? unknown : count(side.peakUsers),
    rate: side.requestsPerSecond === null ? unknown : perSecondText(side.requestsPerSecond),
    verdict:
      side.verdict ??
      { log: "HdrHistogram log", percentiles: "percentile text", none: "no result" }[side.format ?? "none"],
  };
}

/** What was tested: as the later run says it, or the only one of the two that is a run. */
export function comparedTest({ before, after }: { readonly before: ComparedSide; readonly after: ComparedSide }) {
  const { test, profile, host } = after.test === null ? before : after;
  return test === null ? null : { test, profile, host };
}
