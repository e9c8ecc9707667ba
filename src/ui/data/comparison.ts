import type { ComparisonReport } from "../../report/comparison/comparison-report.ts";
import type { DrawnRun } from "../../report/comparison/side-by-side.ts";

type Side = Pick<ComparisonReport["before"], "id" | "name" | "test" | "profile" | "host" | "startedAt">;

/** The parts of a figure of `muster compare --json` that the page shows. */
export type ShownFigure = Pick<
  ComparisonReport["total"]["figures"][number],
  "figure" | "before" | "after" | "change" | "interval" | "outcome" | "because"
>;

/** The look of a figure by the outcome of its change. */
export const outcomeLooks = {
  worse: { tone: "failed", mark: " ✗" },
  better: { tone: "passed", mark: " ✓" },
  same: { tone: "muted", mark: "" },
  unclear: { tone: "muted", mark: "" },
} as const;

export interface ShownEndpoint extends Pick<ComparisonReport["total"], "method" | "name"> {
  readonly figures: readonly ShownFigure[];
}

/** The parts of a comparison that the page shows, in the form of `muster compare --json`. */
export interface ShownComparison extends Pick<ComparisonReport, "outcome" | "notes" | "asked" | "observed"> {
  readonly before: Side;
  readonly after: Side;
  readonly total: ShownEndpoint;
  readonly endpoints: readonly ShownEndpoint[];
}

/** Two runs and their comparison. */
export interface ComparedRuns {
  readonly comparison: ShownComparison;
  readonly before: DrawnRun;
  readonly after: DrawnRun;
}

/**
 * Returns the windows and slices of a run on a time axis that begins at the first window with a request, which is the start
 * of its load.
 */
export function fromLoadStart<Report extends Pick<DrawnRun, "windows" | "slices" | "sections">>(
  report: Report,
): Report {
  const { windows, slices, sections } = report;
  const first = windows.total.requests.findIndex((requests) => requests > 0);
  const startMs = windows.startMs[Math.max(0, first)] ?? 0;
  if (startMs === 0) return report;
  const moved = <Timed extends { readonly startMs: readonly number[] }>(some: Timed): Timed => {
    return { ...some, startMs: some.startMs.map((at) => at - startMs) };
  };
  return {
    ...report,
    windows: moved(windows),
    ...(sections === undefined ? {} : { sections: moved(sections) }),
    ...(slices === undefined
      ? {}
      : {
          slices: {
            ...moved(slices),
            endMs: slices.endMs - startMs,
            pausesMs: slices.pausesMs.map(([from, to]) => [from - startMs, to - startMs] as const),
          },
        }),
  };
}

/** One line of the list of differences. */
export interface Difference extends ShownFigure {
  readonly method: string;
  readonly name: string;
}

/** The maximum number of certain differences in the list; the table has all. */
const mostDifferences = 10;
const ranks = { worse: 0, better: 1, unclear: 2, same: 3 } as const;

/**
 * Returns the differences to list: the certain ones, worse before better and the larger first, then the other figures of all
 * endpoints together. `more` is the number of certain differences that are left out.
 */
export function differencesOf({ total, endpoints }: Pick<ShownComparison, "total" | "endpoints">): {
  readonly listed: readonly Difference[];
  readonly more: number;
} {
  const all = [total, ...endpoints].flatMap(({ method, name, figures }) =>
    figures.map((figure): Difference => ({ method, name, ...figure })),
  );
  const certain = all
    .filter(({ outcome }) => outcome === "worse" || outcome === "better")
    .sort((a, b) => ranks[a.outcome] - ranks[b.outcome] || extentOf(b) - extentOf(a));
  const rest = all.filter(
    ({ method, name, outcome }) =>
      method === total.method && name === total.name && outcome !== "worse" && outcome !== "better",
  );
  const listed = [...certain.slice(0, mostDifferences), ...rest];
  return { listed, more: Math.max(0, certain.length - mostDifferences) };
}

/** Returns the size of a change on the scale of its picture. */
function extentOf({ figure, change }: ShownFigure): number {
  return change === null ? 0 : Math.abs(changePlace(figure, change));
}

/**
 * Returns the place of a change on the axis of its picture, where 0 is no change. Equal factors are equally far apart,
 * so a half is as far to the left as a double is to the right. The change of an error rate is a difference, and is used
 * as it is.
 */
function changePlace(figure: ShownFigure["figure"], change: number): number {
  // A throughput that falls to 0 would be infinitely far to the left.
  return figure === "errorRate" ? change : Math.log(Math.max(1 + change, 0.001));
}

/** The interval of a difference as shares of the width of its picture, 0 to 1; 0.5 is no change. */
export interface DrawnInterval {
  readonly low: number;
  readonly high: number;
  readonly change: number;
  /** Whether the lower end is outside of the picture. */
  readonly isCutLow: boolean;
  readonly isCutHigh: boolean;
}

/**
 * Places the intervals of all differences on common axes: one for failures, and one for all other figures. The axes reach a
 * little beyond the largest change; wider intervals are cut.
 */
export function drawnIntervals(differences: readonly Difference[]): readonly (DrawnInterval | null)[] {
  const reachOf = (isRate: boolean) =>
    1.25 *
    Math.max(
      isRate ? 0.002 : Math.log(1.1),
      ...differences.filter(({ figure }) => (figure === "errorRate") === isRate).map(extentOf),
    );
  const reaches = { rate: reachOf(true), other: reachOf(false) };
  return differences.map(({ figure, change, interval }) => {
    if (change === null || interval === null) return null;
    const reach = figure === "errorRate" ? reaches.rate : reaches.other;
    const share = (value: number) => 0.5 + changePlace(figure, value) / (2 * reach);
    const within = (value: number) => Math.min(1, Math.max(0, share(value)));
    return {
      low: within(interval.low),
      high: within(interval.high),
      change: within(change),
      isCutLow: share(interval.low) < 0,
      isCutHigh: share(interval.high) > 1,
    };
  });
}

/** The outcome as a sentence. */
export function outcomeSentence({ outcome, asked }: Pick<ShownComparison, "outcome" | "asked">): string {
  return asked.isSame ? outcomeSentences[outcome] : "The tests or loads of these runs differ";
}

const outcomeSentences: Readonly<Record<ShownComparison["outcome"], string>> = {
  worse: "Worse than before",
  better: "Better than before",
  unchanged: "No change found",
  incomparable: "These runs cannot be compared",
};
