import { formatClock } from "../../core/duration.ts";
import { printable } from "../../core/readable-text.ts";
import type { ThresholdOutcome } from "../../core/thresholds/evaluate.ts";
import { readThreshold } from "../../core/thresholds/measured-name.ts";
import { count, milliseconds, perSecondText } from "../numbers.ts";
import { cutDistinct } from "./distinct-cut.ts";
import type { Style } from "./style.ts";
import { widthOf, wrapTo } from "./text-width.ts";
import { thresholdLines } from "./threshold-lines.ts";

/** The state of a run at one moment. */
export interface LiveStatus {
  readonly title: string;
  /** What the run is doing while it is not generating load: "waiting for workers (1 of 4)". Null while it generates load. */
  readonly phase: string | null;
  readonly elapsedMs: number;
  /** The planned duration; Infinity if the end is open. */
  readonly durationMs: number;
  readonly isPaused: boolean;
  /** Whether the load is over and only the last iterations are finishing. */
  readonly isOver: boolean;
  /** The state of the search in a few words; null if the load is not a search. */
  readonly search: string | null;
  readonly users: number;
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  /** The p95 of the response time; null before the first response. */
  readonly p95Ms: number | null;
  readonly workers: number;
  readonly thresholds: readonly ThresholdOutcome[];
}

/** The widths of the bar and of the gaps between figures, from the widest to the narrowest terminal. */
const layouts = [
  [22, 3],
  [16, 3],
  [10, 3],
  [10, 2],
  [6, 2],
  [0, 2],
] as const;
/** The number of lines of the block besides the thresholds, with one to spare. */
const otherLines = 4;

/**
 * Renders the block of lines that is redrawn in place on a terminal of `columns` columns and `rows` rows. It has three
 * lines, or more if the thresholds or a narrow terminal need them, and takes at most half of the terminal. No figure is
 * cut.
 */
export function statusBlock(
  status: LiveStatus,
  style: Style,
  columns: number,
  rows = Number.POSITIVE_INFINITY,
): string[] {
  // The last column is left empty.
  const width = columns - 1;
  const workers = `${status.workers} ${status.workers === 1 ? "worker" : "workers"}`;
  const [title = ""] = cutDistinct([printable(status.title)], Math.max(8, width - 3 - workers.length));
  return [
    `${style.strong(title)}   ${style.muted(workers)}`,
    ...progress(status, width).map((line) => `  ${line}`),
    ...(status.search === null ? [] : wrapTo(printable(status.search), width - 2).map((line) => `  ${line}`)),
    ...thresholds(status, style, width, Math.max(1, Math.floor(rows / 2) - otherLines)),
  ];
}

/** Renders one line for a log. */
export function statusLine(status: LiveStatus): string {
  if (status.phase !== null) return `${formatClock(status.elapsedMs)} ${status.phase}`;
  return `${formatClock(status.elapsedMs)} / ${clock(status.durationMs)}   ${figures(status).join("   ")}${status.search === null ? "" : `   ${status.search}`}`;
}

/** Renders time and figures in one line, or in several if they do not fit beside each other. */
function progress(status: LiveStatus, width: number): string[] {
  if (status.phase !== null) return wrapTo(printable(status.phase), width - 2);
  for (const [barWidth, gap] of layouts) {
    const line = `${time(status, barWidth)}   ${figures(status).join(" ".repeat(gap))}`;
    if (widthOf(line) <= width - 2) return [line];
  }
  const lines = [time(status, 10)];
  for (const figure of figures(status)) {
    const last = lines.at(-1) ?? "";
    if (lines.length > 1 && widthOf(`${last}   ${figure}`) <= width - 2)
      lines[lines.length - 1] = `${last}   ${figure}`;
    else lines.push(figure);
  }
  return lines;
}

/** "02:41 ▓▓▓▓▓░░░░░ 05:00" */
function time({ elapsedMs, durationMs }: LiveStatus, barWidth: number): string {
  const share = Number.isFinite(durationMs) ? Math.min(1, Math.max(0, elapsedMs / Math.max(1, durationMs))) : 0;
  const full = Math.round(share * barWidth);
  const bar = barWidth === 0 ? "/" : "▓".repeat(full) + "░".repeat(barWidth - full);
  return `${formatClock(elapsedMs)} ${bar} ${clock(durationMs)}`;
}

/** Formats the end of the load. It is open if a shape function decides it, or while the load is paused. */
function clock(durationMs: number): string {
  return Number.isFinite(durationMs) ? formatClock(durationMs) : "--:--";
}

/** Renders the figures. After the load there is no rate, because the rate of its last seconds would look like a current one. */
function figures(status: LiveStatus): string[] {
  const p95Ms = status.p95Ms === null ? null : (judgedP95(status.thresholds) ?? status.p95Ms);
  const p95 = `p95 ${p95Ms === null ? "–" : `${milliseconds(p95Ms)} ms`}`;
  if (status.isOver)
    return ["the load is over", ...(status.users > 0 ? [`${count(status.users)} users finish`] : []), p95];
  return [
    ...(status.isPaused ? ["paused"] : []),
    `${count(status.users)} users`,
    `${perSecondText(status.requestsPerSecond)} req/s`,
    `${perSecondText(status.failuresPerSecond)} fail/s`,
    p95,
  ];
}

/**
 * Returns the p95 that a threshold is checked against; null without such a threshold. It waits for the reports of all workers, and
 * leaves out what cannot be judged. While a machine stands still, it differs from the p95 of all received data, and showing two
 * different values of p95 would be confusing.
 */
function judgedP95(thresholds: readonly ThresholdOutcome[]): number | null {
  const found = thresholds.find(({ metric, expression: written, span }) => {
    const { selector, expression } = readThreshold(metric, written);
    const { kind, percentile } = { percentile: null, ...expression.aggregation };
    const isOfAll = selector.metric.name === "response_time" && selector.conditions.length === 0;
    return span === undefined && isOfAll && kind === "percentile" && percentile === 95;
  });
  return found?.value ?? null;
}

/** Renders the thresholds. Before the first response, a threshold without data has not failed yet. */
function thresholds(status: LiveStatus, style: Style, width: number, most: number): string[] {
  if (status.thresholds.length === 0) return [`  ${style.muted("no thresholds")}`];
  const shown = status.thresholds.map((outcome) => ({ ...outcome, isOpen: outcome.noData && !outcome.passed }));
  return thresholdLines(shown, style, width, most);
}
