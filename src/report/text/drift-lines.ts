import { amount, describeDrift } from "../../analysis/drift/drift-result.ts";
import { formatClock } from "../../core/duration.ts";
import type { Result } from "../result/result-schema.ts";
import { cutDistinct } from "./distinct-cut.ts";
import type { Style } from "./style.ts";

type Series = NonNullable<Result["drift"]>["series"][number];

const shown = 8;
/** Of the name of what drifts: what it does must fit beside it. */
const subjectColumns = 44;

/** Whether a soak drifted, for the summary of a run. */
export function driftLines({ drift }: Result, style: Style): string[] {
  if (drift === null) return [];
  const series = [...drift.workers, ...drift.series];
  const subjects = cutDistinct(
    series.map(({ subject }) => subject),
    subjectColumns,
  );
  const all = series.map((one, position) => ({ ...one, subject: subjects[position] ?? one.subject }));
  const told = all.flatMap((one) => lineOf(one, style) ?? []);
  const more = told.length > shown ? [style.muted(`  and ${told.length - shown} more series`)] : [];
  const headline = {
    drifting: style.failed,
    step: style.invalid,
    oscillating: style.invalid,
    insufficient: style.muted,
  };
  const colour = drift.kind === "stable" ? style.passed : headline[drift.kind];
  return [`  ${colour(words[drift.kind])}${style.muted(finestWords(drift.series))}`, ...told.slice(0, shown), ...more];
}

const words = {
  stable: "✓ stable: nothing drifts",
  drifting: "✗ drifting",
  step: "! not a drift, but a step",
  oscillating: "! oscillating",
  insufficient: "– too little to tell whether anything drifts",
} as const;

/** What the total's p95 could have done unseen. */
function finestWords(series: readonly Series[]): string {
  const trend = series.find(({ subject, statistic }) => subject === "total" && statistic === "p95")?.trend;
  if (trend === undefined || trend === null) return "";
  return `; a drift of p95 below ${amount(trend.leastDetectablePerHour, "p95")} per hour could have gone unseen`;
}

/** Null when there is nothing to say. */
function lineOf(one: Series, style: Style): string | null {
  const { subject, statistic, verdict } = one;
  const what = `${statistic} of ${subject}`;
  switch (verdict.kind) {
    case "stable":
    case "insufficient":
      return null;
    case "drifting":
      return `  ${verdict.direction === "worse" ? style.failed("✗") : style.muted("–")} ${describeDrift(one)}`;
    case "step": {
      const { atMs, before, after, direction } = verdict;
      const mark = direction === "worse" ? style.invalid("!") : style.muted("–");
      const change = `from ${amount(before, statistic)} to ${amount(after, statistic)}`;
      return `  ${mark} step at ${formatClock(atMs)}: ${what} ${change}`;
    }
    case "oscillating": {
      const { periodMs, lowToHigh } = verdict;
      return `  ${style.invalid("!")} ${what} swings by ${amount(lowToHigh, statistic)} every ${formatClock(periodMs)}`;
    }
  }
}
