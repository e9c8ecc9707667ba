import { holm } from "../statistics/holm.ts";
import type { Interval } from "../statistics/interval.ts";

/**
 * How a metric left what was expected of it. `rose`: above what the load explains; `fell`: below it, although it does not rise
 * with the load; `ceiling`: it rises with the load, and stopped; `floor`: it falls with the load, and stopped.
 */
export type MoveKind = "rose" | "fell" | "ceiling" | "floor";

/** An observed metric that moved. Values are in its unit. */
export interface MovedMetric {
  readonly name: string;
  readonly unit: string | null;
  readonly kind: MoveKind;
  /** Whether it moved before the service broke, with it, or after it. */
  readonly when: "before" | "with" | "after";
  /** Where it moved: the load of a search (iterations per second, or users), else ms since the start of the run. */
  readonly at: number;
  /** The level to which it moved. */
  readonly value: number;
  /** Where 95 of 100 readings would be if it had not moved. */
  readonly expected: Interval;
  /** The chance that a metric that did not move looks as if it had, corrected for the number of metrics. */
  readonly p: number;
  /** `very likely` if p is below 0.001. */
  readonly sureness: "very likely" | "likely";
  /** When the metric was back after the drop of a spike, in ms since the start of the run; null if it was not. */
  readonly backAtMs?: number | null;
}

/** What moved when the service broke. */
export interface Saturation {
  /** The load: the rate or the users of a search, a spike, or a soak. */
  readonly of: "rate" | "users" | "spike" | "soak";
  /** Where the service broke, like `at` of a metric; null if no target did. */
  readonly breakAt: number | null;
  /** What moved, what moved first before others. */
  readonly moved: readonly MovedMetric[];
  /** The metrics that did not move. */
  readonly still: readonly string[];
  /** The metrics of which too little was read. */
  readonly untold: readonly { readonly name: string; readonly reason: string }[];
}

/** What was found of one metric, before the correction for the number of metrics. */
export type MetricFinding =
  | {
      readonly kind: "moved";
      readonly metric: Omit<MovedMetric, "sureness">;
      /** How far it moved, as a share of the larger of its level and the expected one. */
      readonly share: number;
    }
  | { readonly kind: "still"; readonly name: string }
  | { readonly kind: "untold"; readonly name: string; readonly reason: string };

/** The chance that a run in which no metric moves has one that seems to. */
const significance = 0.05;
const veryLikely = 0.001;
/** A smaller departure from what is expected says nothing, however certain it is. */
export const leastShare = 0.1;
/**
 * The least noise of a metric, as a share of the range of its levels: a queue that was empty four times is not known to be
 * empty always.
 */
export const leastNoise = 0.02;

const order = { rose: 0, floor: 1, fell: 2, ceiling: 3 } as const;
const times = { before: 0, with: 1, after: 2 } as const;

/** Puts the findings of all metrics together. */
export function saturationOf(
  of: Saturation["of"],
  breakAt: number | null,
  findings: readonly MetricFinding[],
): Saturation {
  const tested = findings.filter((finding) => finding.kind !== "untold");
  const corrected = holm(tested.map((finding) => (finding.kind === "moved" ? finding.metric.p : 1)));
  const moved = tested.flatMap((finding, position) => {
    const p = corrected[position] ?? 1;
    return finding.kind === "moved" && p < significance ? [{ ...finding, p }] : [];
  });
  moved.sort(
    (a, b) =>
      times[a.metric.when] - times[b.metric.when] ||
      (a.metric.when === "before" ? a.metric.at - b.metric.at : 0) ||
      order[a.metric.kind] - order[b.metric.kind] ||
      b.share - a.share,
  );
  const movedNames = new Set(moved.map(({ metric }) => metric.name));
  const names = tested.map((finding) => (finding.kind === "moved" ? finding.metric.name : finding.name));
  return {
    of,
    breakAt,
    moved: moved.map(({ metric, p }) => ({ ...metric, p, sureness: p < veryLikely ? "very likely" : "likely" })),
    still: names.filter((name) => !movedNames.has(name)),
    untold: findings.flatMap((finding) =>
      finding.kind === "untold" ? [{ name: finding.name, reason: finding.reason }] : [],
    ),
  };
}
