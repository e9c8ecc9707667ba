import { formatClock } from "../../core/duration.ts";
import type { ThresholdOutcome } from "../../core/thresholds/evaluate.ts";
import { count, milliseconds, perSecondText } from "../numbers.ts";
import type { Style } from "./style.ts";
import { widthOf } from "./text-width.ts";
import { shortThresholds } from "./threshold-cut.ts";

/** The state of a running test at one moment. */
export interface LiveStatus {
  readonly title: string;
  /** What the run is doing if it is not generating load: "waiting for workers (1 of 4)". */
  readonly phase: string | null;
  readonly elapsedMs: number;
  /** Infinity if the end is open. */
  readonly durationMs: number;
  readonly isPaused: boolean;
  /** The state of the search in a few words; null if the load is not a search. */
  readonly search: string | null;
  readonly users: number;
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  /** Null before the first response. */
  readonly p95Ms: number | null;
  readonly workers: number;
  readonly thresholds: readonly ThresholdOutcome[];
}

const barWidth = 22;
/** The width of the blanks and the mark before the text of a threshold. */
const indent = 4;

/**
 * Renders three lines, or more if the thresholds need them. They are redrawn in place on a terminal of `columns`
 * columns.
 */
export function statusBlock(status: LiveStatus, style: Style, columns: number): string[] {
  const workers = `${status.workers} ${status.workers === 1 ? "worker" : "workers"}`;
  return [
    `${style.strong(status.title)}   ${style.muted(workers)}`,
    `  ${progress(status)}`,
    ...(status.search === null ? [] : [`  ${status.search}`]),
    ...thresholds(status, style, columns),
  ];
}

/** Renders one line for a log. */
export function statusLine(status: LiveStatus): string {
  if (status.phase !== null) return `${formatClock(status.elapsedMs)} ${status.phase}`;
  return `${formatClock(status.elapsedMs)} / ${clock(status.durationMs)}   ${figures(status)}${status.search === null ? "" : `   ${status.search}`}`;
}

function progress(status: LiveStatus): string {
  if (status.phase !== null) return status.phase;
  const share = Number.isFinite(status.durationMs)
    ? Math.min(1, Math.max(0, status.elapsedMs / Math.max(1, status.durationMs)))
    : 0;
  const full = Math.round(share * barWidth);
  const bar = "▓".repeat(full) + "░".repeat(barWidth - full);
  return `${formatClock(status.elapsedMs)} ${bar} ${clock(status.durationMs)}   ${figures(status)}`;
}

/** The end is open if a shape function decides it, or while the load is paused. */
function clock(durationMs: number): string {
  return Number.isFinite(durationMs) ? formatClock(durationMs) : "--:--";
}

function figures(status: LiveStatus): string {
  return [
    ...(status.isPaused ? ["paused"] : []),
    `${count(status.users)} users`,
    `${perSecondText(status.requestsPerSecond)} req/s`,
    `${perSecondText(status.failuresPerSecond)} fail/s`,
    `p95 ${status.p95Ms === null ? "–" : `${milliseconds(status.p95Ms)} ms`}`,
  ].join("   ");
}

/** Before the first response, a threshold without data has not failed yet. */
function thresholds(status: LiveStatus, style: Style, columns: number): string[] {
  if (status.thresholds.length === 0) return [`  ${style.muted("no thresholds")}`];
  const lines: string[] = [];
  let left = 0;
  const texts = shortThresholds(status.thresholds, columns - indent - 1);
  for (const [position, outcome] of status.thresholds.entries()) {
    const text = texts[position] ?? "";
    const mark = outcome.passed ? style.passed("✓") : outcome.noData ? style.muted("…") : style.failed("✗");
    const width = widthOf(text) + 6;
    if (width > left) {
      lines.push(`  ${mark} ${text}`);
      left = columns - width;
    } else {
      lines.push(`${lines.pop()}    ${mark} ${text}`);
      left -= width;
    }
  }
  return lines;
}
