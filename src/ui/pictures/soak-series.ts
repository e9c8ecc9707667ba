import { formatClock } from "../../core/duration.ts";
import { bytes, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import type { AnswerFigure } from "./answer-figure.ts";

type Drift = NonNullable<Result["drift"]>;
/** A series, and the unit of its values if it is an observed metric. */
export type SoakSeries = Drift["series"][number] & { readonly unit?: string | null };
export type SoakStatistic = SoakSeries["statistic"];

/** The maximum number of series that get a picture. */
const most = 6;
const msPerHour = 3_600_000;
const severity = ["drifting", "step", "oscillating", "insufficient", "stable"] as const;

/**
 * Returns the series that get a picture: the series with a finding, the worst first and only one of each kind for an
 * endpoint, and the p95 of all requests.
 */
export function shownSeries(drift: Drift): SoakSeries[] {
  const isFound = ({ verdict }: SoakSeries) => verdict.kind !== "stable" && verdict.kind !== "insufficient";
  const leaks = (drift.observed ?? []).filter(({ isJudged, verdict }) => isJudged && !isBetter(verdict));
  const found = [...drift.series, ...drift.workers, ...leaks].filter(isFound).sort((a, b) => rankOf(a) - rankOf(b));
  const total = drift.series.find(({ subject, statistic }) => subject === "total" && statistic === "p95");
  const shown = new Map<string, SoakSeries>();
  for (const series of [...found, ...(total === undefined ? [] : [total])]) {
    const key = `${series.subject} ${/^p\d/.test(series.statistic) ? "time" : series.statistic}`;
    if (!shown.has(key)) shown.set(key, series);
  }
  return [...shown.values()].slice(0, most);
}

/**
 * Returns the rank of a finding: findings for the worse come first, then the more severe ones, then the ones that miss
 * their target sooner.
 */
function rankOf({ verdict, subject, statistic }: SoakSeries): number {
  const better = isBetter(verdict) ? 1e6 : 0;
  const breaks = verdict.kind === "drifting" ? (verdict.targetBreaksAfterMs ?? Number.POSITIVE_INFINITY) : 0;
  // If two findings miss their target at about the same time, all requests together come first.
  const sooner = Math.round(20 * (1 - 1 / (1 + breaks / msPerHour)));
  const usual = (subject === "total" ? 0 : 0.2) + (statistic === "p95" ? 0 : 0.1);
  return better + 100 * severity.indexOf(verdict.kind) + sooner + usual;
}

export function isBetter(verdict: SoakSeries["verdict"]): boolean {
  return "direction" in verdict && verdict.direction === "better";
}

/** The finding in figures: the outcome, and for the most important series its drift and when it misses its target. */
export function soakFigures(drift: Drift): AnswerFigure[] {
  const [worst] = shownSeries(drift);
  return [{ ...answers[drift.kind], unit: "" }, ...(worst === undefined ? [] : figuresOf(worst))];
}

function figuresOf(series: SoakSeries): AnswerFigure[] {
  const { verdict, trend } = series;
  const format = formatOf(series);
  const perHour =
    trend === null ? [] : [{ ...split(signed(trend.perHour, format), "per hour"), note: seriesTitle(series) }];
  switch (verdict.kind) {
    case "drifting":
      return [...perHour, ...breaksFigure(verdict.targetBreaksAfterMs)];
    case "step": {
      const note = `${seriesTitle(series)} from ${formatClock(verdict.atMs)} on; ${format(verdict.before)} before`;
      return [{ ...split(format(verdict.after), ""), note }];
    }
    case "oscillating":
      return [{ ...split(format(verdict.lowToHigh), ""), note: `swing of the ${seriesTitle(series)}` }];
    case "stable": {
      const least = trend === null ? [] : [split(format(trend.leastDetectablePerHour), "per hour")];
      return [...perHour, ...least.map((figure) => ({ ...figure, note: "a smaller drift could go undetected" }))];
    }
    case "insufficient":
      return [];
  }
}

function breaksFigure(afterMs: number | null): AnswerFigure[] {
  if (afterMs === null) return [];
  if (afterMs === 0) return [{ value: "missed", unit: "", note: "its target, already at the end", tone: "failed" }];
  return [{ ...split(breaksIn(afterMs), ""), note: "after the end, until it misses its target", tone: "failed" }];
}

const answers: Readonly<Record<Drift["kind"], Pick<AnswerFigure, "value" | "note" | "tone">>> = {
  drifting: { value: "✗ drifts", note: "gets worse with time", tone: "failed" },
  step: { value: "! step", note: "a step, not a drift", tone: "invalid" },
  oscillating: { value: "! swings", note: "oscillates, does not drift", tone: "invalid" },
  stable: { value: "✓ stable", note: "nothing drifts", tone: "passed" },
  insufficient: { value: "not judged", note: "too little data to detect a drift", tone: "invalid" },
};

/** Splits "540 ms" into its number and its unit. */
function split(text: string, more: string): Pick<AnswerFigure, "value" | "unit"> {
  const at = text.indexOf(" ");
  if (at < 0) return { value: text, unit: more };
  return { value: text.slice(0, at), unit: `${text.slice(at + 1)} ${more}`.trim() };
}

/** Returns the finding of a series in one line, with the interval of its slope. */
export function findingText(series: SoakSeries): string {
  const { verdict, trend } = series;
  const format = formatOf(series);
  const slope =
    trend === null
      ? ""
      : ` ${signed(trend.perHour, format)} per hour (${signed(trend.lowPerHour, format)} to ${signed(trend.highPerHour, format)})`;
  const mark = isBetter(verdict) ? "–" : "!";
  switch (verdict.kind) {
    case "stable":
      return `✓ stable${slope === "" ? "" : `:${slope}`}`;
    case "insufficient":
      return `– not judged: ${verdict.reason}`;
    case "drifting":
      return `${isBetter(verdict) ? "– improves" : "✗ drifts"}${slope}${breaksText(verdict.targetBreaksAfterMs)}`;
    case "step":
      return `${mark} step at ${formatClock(verdict.atMs)}: ${format(verdict.before)} → ${format(verdict.after)}`;
    case "oscillating":
      return `${mark} swings by ${format(verdict.lowToHigh)} every ${formatClock(verdict.periodMs)}`;
  }
}

function breaksText(afterMs: number | null): string {
  if (afterMs === null) return "";
  return afterMs === 0 ? ", already misses its target" : `, misses its target in ${breaksIn(afterMs)}`;
}

function breaksIn(afterMs: number): string {
  const hours = afterMs / msPerHour;
  return hours >= 1 ? `${Number(hours.toPrecision(2))} h` : `${Math.max(1, Math.round(hours * 60))} min`;
}

function signed(value: number, format: (value: number) => string): string {
  return `${value < 0 ? "−" : "+"}${format(Math.abs(value))}`;
}

export function seriesTitle({ statistic, subject }: Pick<SoakSeries, "statistic" | "subject">): string {
  if (statistic === "observed") return `observed ${subject}`;
  return `${names[statistic]} of ${subject === "total" ? "all requests" : subject}`;
}

const names: Readonly<Record<SoakStatistic, string>> = {
  ...{ p50: "p50", p95: "p95", p99: "p99", errorRate: "error rate", throughput: "throughput", heap: "memory" },
  ...{ pause: "length of the pauses", slowShare: "share of slow seconds", observed: "observed" },
};

const times = (value: number) => `${milliseconds(value)} ms`;
const statisticFormats: Readonly<Record<SoakStatistic, (value: number) => string>> = {
  ...{ p50: times, p95: times, p99: times, pause: times, errorRate: percent, slowShare: percent, heap: bytes },
  throughput: (value) => `${perSecondText(value)} req/s`,
  observed: (value) => String(Number(value.toPrecision(3))),
};

/** Returns the format of the values of a series, with their unit. */
export function formatOf({ statistic, unit = null }: SoakSeries): (value: number) => string {
  const format = statisticFormats[statistic];
  if (unit === null) return format;
  return unit === "bytes" || unit === "B" ? bytes : (value) => `${format(value)} ${unit}`;
}
