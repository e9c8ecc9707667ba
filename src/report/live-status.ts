import { formatClock } from "../core/duration.ts";
import type { ThresholdOutcome } from "../core/thresholds/evaluate.ts";
import { count, milliseconds, rate } from "./numbers.ts";
import type { Style } from "./style.ts";
import { shortThreshold } from "./threshold-line.ts";

/** A running test at one moment. */
export interface LiveStatus {
  readonly title: string;
  /** What is going on, when it is not the load itself: "waiting for workers (1 of 4)". */
  readonly phase: string | null;
  readonly elapsedMs: number;
  readonly durationMs: number;
  readonly users: number;
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  /** Null before the first response. */
  readonly p95Ms: number | null;
  readonly workers: number;
  readonly thresholds: readonly ThresholdOutcome[];
}

const barWidth = 22;

/** Three lines, to be redrawn in place on a terminal. */
export function statusBlock(status: LiveStatus, style: Style): string[] {
  const workers = `${status.workers} ${status.workers === 1 ? "worker" : "workers"}`;
  return [
    `${style.strong(status.title)}   ${style.muted(workers)}`,
    `  ${progress(status)}`,
    `  ${thresholds(status, style)}`,
  ];
}

/** One line, for a log. */
export function statusLine(status: LiveStatus): string {
  if (status.phase !== null) return `${formatClock(status.elapsedMs)} ${status.phase}`;
  return `${formatClock(status.elapsedMs)} / ${formatClock(status.durationMs)}   ${figures(status)}`;
}

function progress(status: LiveStatus): string {
  if (status.phase !== null) return status.phase;
  const share = status.durationMs === 0 ? 1 : Math.min(1, Math.max(0, status.elapsedMs / status.durationMs));
  const full = Math.round(share * barWidth);
  const bar = "▓".repeat(full) + "░".repeat(barWidth - full);
  return `${formatClock(status.elapsedMs)} ${bar} ${formatClock(status.durationMs)}   ${figures(status)}`;
}

function figures(status: LiveStatus): string {
  return [
    `${count(status.users)} users`,
    `${rate(status.requestsPerSecond)} req/s`,
    `${rate(status.failuresPerSecond)} fail/s`,
    `p95 ${status.p95Ms === null ? "–" : `${milliseconds(status.p95Ms)} ms`}`,
  ].join("   ");
}

/** Before the first response a threshold without data is not a miss yet. */
function thresholds(status: LiveStatus, style: Style): string {
  if (status.thresholds.length === 0) return style.muted("no thresholds");
  return status.thresholds
    .map((outcome) => {
      const mark = outcome.passed ? style.passed("✓") : outcome.noData ? style.muted("…") : style.failed("✗");
      return `${mark} ${shortThreshold(outcome)}`;
    })
    .join("    ");
}
