import { amount, describeDrift } from "../../analysis/drift/drift-result.ts";
import { formatClock } from "../../core/duration.ts";
import type { Result } from "../result/result-schema.ts";
import { cutDistinct } from "./distinct-cut.ts";
import type { Style } from "./style.ts";

type Drift = NonNullable<Result["drift"]>;
type Series = Drift["series"][number] | NonNullable<Drift["observed"]>[number];

const shown = 8;
/** The maximum width of the subject; the description must fit beside it. */
const subjectColumns = 44;

/** The result of the drift analysis, for the summary of a run. */
export function driftLines({ drift }: Result, style: Style): string[] {
  if (drift === null) return [];
  const series: Series[] = [...drift.workers, ...(drift.observed ?? []), ...drift.series];
  const subjects = cutDistinct(
    series.map(({ subject }) => subject),
    subjectColumns,
  );
  const all = series.map((one, position) => ({ ...one, subject: subjects[position] ?? one.subject }));
  const lines = all.flatMap((one) => lineOf(one, style) ?? []);
  const more = lines.length > shown ? [style.muted(`  and ${lines.length - shown} more series`)] : [];
  const headline = {
    drifting: style.failed,
    step: style.invalid,
    oscillating: style.invalid,
    insufficient: style.muted,
  };
  const colour = drift.kind === "stable" ? style.passed : headline[drift.kind];
  return [
    `  ${colour(kindTexts[drift.kind])}${style.muted(detectionLimit(drift.series))}`,
    ...lines.slice(0, shown),
    ...more,
  ];
}

const kindTexts = {
  stable: "✓ stable: nothing drifts",
  drifting: "✗ drifting",
  step: "! a step, not a drift",
  oscillating: "! oscillating",
  insufficient: "– not enough data to detect a drift",
} as const;

/** The detection limit of the p95 of all requests. */
function detectionLimit(series: readonly Series[]): string {
  const trend = series.find(({ subject, statistic }) => subject === "total" && statistic === "p95")?.trend;
  if (trend === undefined || trend === null) return "";
  return `; p95 drifts below ${amount(trend.leastDetectablePerHour, "p95")} per hour could go undetected`;
}

/** The line of a series; null if it is stable or has too little data. */
function lineOf(one: Series, style: Style): string | null {
  const { subject, statistic, verdict } = one;
  const unit = "unit" in one ? one.unit : null;
  const what = statistic === "observed" ? `observed ${subject}` : `${statistic} of ${subject}`;
  switch (verdict.kind) {
    case "stable":
    case "insufficient":
      return null;
    case "drifting":
      return `  ${verdict.direction === "worse" ? style.failed("✗") : style.muted("–")} ${describeDrift(one)}`;
    case "step": {
      const { atMs, before, after, direction } = verdict;
      const mark = direction === "worse" ? style.invalid("!") : style.muted("–");
      const change = `from ${amount(before, statistic, unit)} to ${amount(after, statistic, unit)}`;
      return `  ${mark} step at ${formatClock(atMs)}: ${what} ${change}`;
    }
    case "oscillating": {
      const { periodMs, lowToHigh } = verdict;
      return `  ${style.invalid("!")} ${what} swings by ${amount(lowToHigh, statistic, unit)} every ${formatClock(periodMs)}`;
    }
  }
}
