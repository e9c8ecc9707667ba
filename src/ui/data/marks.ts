import type { PlanColumns, RunReport } from "../../report/page/model.ts";
import { limitText } from "../../report/text/threshold-line.ts";
import { crossingMs } from "./crossing.ts";

/** A thin vertical line at an event, on every chart over time. */
export interface Mark {
  readonly atMs: number;
  /** The short text beside the line. */
  readonly label: string;
  /** The event as one sentence for the list of events. */
  readonly text: string;
  readonly tone: "muted" | "failed" | "invalid" | "users";
}

const shortLabels: Readonly<Record<string, { readonly label: string; readonly tone: Mark["tone"] }>> = {
  "users-changed": { label: "users", tone: "users" },
  "rate-changed": { label: "rate", tone: "users" },
  paused: { label: "paused", tone: "muted" },
  resumed: { label: "resumed", tone: "muted" },
  stopped: { label: "stopped", tone: "muted" },
  "stopped-by-test": { label: "stopped by the test", tone: "muted" },
  "max-requests": { label: "all requests made", tone: "muted" },
  "max-cost": { label: "budget used up", tone: "muted" },
  "max-duration": { label: "longest load over", tone: "muted" },
  "shape-ended": { label: "shape ended", tone: "muted" },
  "threshold-breached": { label: "aborted", tone: "failed" },
  "data-empty": { label: "data empty", tone: "muted" },
  "worker-lost": { label: "worker lost", tone: "failed" },
  "worker-left": { label: "worker left", tone: "muted" },
  "worker-returned": { label: "worker back", tone: "muted" },
  "worker-joined": { label: "worker joined", tone: "muted" },
  "worker-idle": { label: "worker idle", tone: "invalid" },
  "worker-slow": { label: "worker slow", tone: "invalid" },
  "master-stalled": { label: "master stalled", tone: "invalid" },
  "worker-strained": { label: "worker strained", tone: "invalid" },
  "master-resumed": { label: "master resumed", tone: "invalid" },
  "store-failed": { label: "store failed", tone: "invalid" },
};

/** Returns the marks of a run in order of time: its events, the end of the ramp, crossings of thresholds, spikes and steps of a drift. */
export function marksOf(report: RunReport): Mark[] {
  const events = report.result.events.map(
    ({ atMs, kind, text }): Mark => ({
      atMs,
      text,
      ...(shortLabels[kind] ?? { label: kind.replaceAll("-", " "), tone: "muted" }),
    }),
  );
  return [...rampEnd(report.plan), ...events, ...crossings(report), ...spikes(report), ...driftSteps(report)].sort(
    (a, b) => a.atMs - b.atMs,
  );
}

/** Marks the time at which the plan first reaches its peak; no mark if the plan starts there, or jumps to it. */
function rampEnd({ atMs, users, ratePerSecond }: PlanColumns): Mark[] {
  const values = users ?? ratePerSecond ?? [];
  const peak = Math.max(0, ...values);
  const position = values.indexOf(peak);
  const at = atMs[position];
  if (at === undefined || position <= 0 || at === 0 || atMs[position - 1] === at) return [];
  const unit = users === null ? "iterations per second" : "users";
  return [{ atMs: at, label: "ramp end", text: `ramp end: ${peak} ${unit} planned`, tone: "muted" }];
}

function crossings(report: RunReport): Mark[] {
  return report.result.thresholds.flatMap((threshold): Mark[] => {
    if (threshold.passed) return [];
    const atMs = crossingMs(report, threshold);
    if (atMs === null) return [];
    const text = `${limitText(threshold)} does not hold from here on`;
    return [{ atMs, label: limitText(threshold, false), text, tone: "failed" }];
  });
}

/** The marks of each spike: its start, its absorption, its end, and the recovery of the service. */
function spikes({ result: { spike } }: RunReport): Mark[] {
  const muted = { tone: "muted" } as const;
  return (spike?.spikes ?? []).flatMap(({ riseMs, dropMs, absorption, recovery }): Mark[] => [
    { atMs: riseMs, label: "spike", text: "the spike begins", ...muted },
    ...(absorption.kind === "absorbed"
      ? [
          {
            atMs: riseMs + absorption.afterMs,
            label: "absorbed",
            text: "the targets hold again under the spike",
            ...muted,
          },
        ]
      : []),
    { atMs: dropMs, label: "drop", text: "the spike ends", ...muted },
    ...(recovery.kind === "recovered"
      ? [{ atMs: dropMs + recovery.afterMs, label: "recovered", text: "the service has recovered", ...muted }]
      : []),
  ]);
}

/** The times at which a statistic of a soak steps to another level. */
function driftSteps({ result: { drift } }: RunReport): Mark[] {
  return [...(drift?.series ?? []), ...(drift?.workers ?? [])].flatMap(({ subject, statistic, verdict }): Mark[] =>
    verdict.kind === "step"
      ? [
          {
            atMs: verdict.atMs,
            label: "step",
            text: `${statistic} of ${subject} steps to another level and stays there`,
            tone: verdict.direction === "worse" ? "failed" : "muted",
          },
        ]
      : [],
  );
}
