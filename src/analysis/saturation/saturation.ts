import { holm } from "../statistics/holm.ts";
import type { Interval } from "../statistics/interval.ts";

/**
 * The way in which a metric departed from its expected level. `rose`: it is above what the load explains; `fell`: it is
 * below that, although it does not rise with the load; `ceiling`: it rises with the load, and stopped rising; `floor`: it
 * falls with the load, and stopped falling.
 */
export type MoveKind = "rose" | "fell" | "ceiling" | "floor";

/** An observed metric that moved. Values are in its unit. */
export interface MovedMetric {
  readonly name: string;
  readonly unit: string | null;
  readonly kind: MoveKind;
  /** Whether it moved before the service broke, with it, or after it. */
  readonly when: "before" | "with" | "after";
  /** The place where it moved: in a search the load (iterations per second, or users), otherwise ms since the start of the run. */
  readonly at: number;
  /** The level to which it moved. */
  readonly value: number;
  /** The range in which 95 of 100 readings would be if the metric had not moved. */
  readonly expected: Interval;
  /** The p-value, corrected for the number of metrics: the chance that a metric that did not move looks as if it had. */
  readonly p: number;
  /** `very likely` if p is below 0.001. */
  readonly sureness: "very likely" | "likely";
  /**
   * The time when the metric was back at its usual level after the drop of a spike, in ms since the start of the run;
   * null if it was not.
   */
  readonly backAtMs?: number | null;
}

/** The observed metrics that moved when the service broke. */
export interface Saturation {
  /** The load: the rate or the users of a search, a spike, or a soak. */
  readonly of: "rate" | "users" | "spike" | "soak";
  /** The place where the service broke, in the unit of `at` of a metric; null if no target broke in a spike, or if a soak drifted. */
  readonly breakAt: number | null;
  /** The metrics that moved: first those that moved before the break, then with it, then after it. */
  readonly moved: readonly MovedMetric[];
  /** The metrics that did not move. */
  readonly still: readonly string[];
  /** The metrics that could not be tested, with the reason. */
  readonly untold: readonly { readonly name: string; readonly reason: string }[];
}

/** The finding for one metric, before the correction for the number of metrics. */
export type MetricFinding =
  | {
      readonly kind: "moved";
      readonly metric: Omit<MovedMetric, "sureness">;
      /** The distance that it moved, as a share of the larger of its level and the expected one. */
      readonly share: number;
    }
  | { readonly kind: "still"; readonly name: string }
  | { readonly kind: "untold"; readonly name: string; readonly reason: string };

/** The chance that at least one metric seems to move in a run in which none does (the family-wise error rate). */
const significance = 0.05;
const veryLikely = 0.001;
/** The smallest relative departure from the expected level that counts; a smaller one says nothing, however certain it is. */
export const leastShare = 0.1;
/**
 * The minimum noise of a metric, as a share of the range of its levels: a queue that was empty four times is not known to
 * be always empty.
 */
export const leastNoise = 0.02;

const order = { rose: 0, floor: 1, fell: 2, ceiling: 3 } as const;
const times = { before: 0, with: 1, after: 2 } as const;

/** Combines the findings of all metrics. */
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
