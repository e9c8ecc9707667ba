import { ArrivalTimes } from "../../core/arrivals/arrivals.ts";
import type { FailureKind } from "../../core/failure-kind.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { evaluateThreshold } from "../../core/thresholds/evaluate.ts";
import { needsWholeRun } from "../../core/thresholds/expression.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { EndpointTotals } from "../../stats/run-totals.ts";
import type { Window } from "../../stats/windows.ts";
import { metricSourceOf } from "../metric-source.ts";
import { isObservedThreshold } from "../observed/observed-threshold.ts";
import { median } from "../statistics/median.ts";
import { type SpikeWindow, windowMs } from "./spike-window.ts";

export interface SpikedRun {
  readonly thresholds: readonly Threshold[];
  /** The iterations per second that were due; null for a closed load. */
  readonly arrivals: Plan | null;
  /** The end of the load, in ms. */
  readonly endMs: number;
}

/** A second, before the number of due requests is computed. */
interface Second {
  readonly window: SpikeWindow;
  readonly iterations: number;
  readonly users: number;
}

/** With fewer requests per second, a second without a response is normal. */
const busyPerSecond = 5;

/**
 * Splits the run into seconds up to the end of the load. Seconds without data are present but empty. A wider window, from a
 * late report, counts as that many equal seconds.
 */
export function spikeWindows(windows: Iterable<Window>, run: SpikedRun): SpikeWindow[] {
  const judged = judgedBySecond(run.thresholds);
  const seconds: Second[] = [];
  for (const window of windows) {
    const width = Math.max(1, Math.round(window.widthMs / windowMs));
    for (let part = 0; part < width; part++) {
      const startMs = window.startMs + part * windowMs;
      if (startMs + windowMs <= run.endMs) seconds[startMs / windowMs] = secondOf(window, startMs, width, judged);
    }
  }
  const whole = Array.from({ length: seconds.length }, (_, i) => seconds[i] ?? emptySecond(i * windowMs));
  return whole.map(offeredIn(whole, run)).map((window) => ({
    ...window,
    targetsHeld: window.targetsHeld && !(window.offered > 0 && window.requests === 0),
  }));
}

/**
 * The thresholds that can be evaluated on one second: totals and rates of the whole run cannot, nor can thresholds on
 * observed metrics.
 */
export function judgedBySecond(thresholds: readonly Threshold[]): Threshold[] {
  return thresholds.filter((one) => {
    const { kind } = one.selector.metric;
    return !isObservedThreshold(one) && !needsWholeRun(one.expression) && (kind === "trend" || kind === "rate");
  });
}

function secondOf(
  { totals, widthMs, users }: Window,
  startMs: number,
  width: number,
  thresholds: readonly Threshold[],
): Second {
  const source = metricSourceOf({ totals, durationMs: widthMs, users: users.peak, peakUsers: users.peak });
  const outcomes = thresholds.map((threshold) => evaluateThreshold(threshold, source));
  const merged = totals.merged();
  const [p50 = 0, p95 = 0, p99 = 0] = merged.responseTime.percentilesMicros([50, 95, 99]).map((one) => one / 1_000);
  const window = {
    startMs,
    offered: 0,
    requests: merged.requests / width,
    failures: merged.failures / width,
    good: goodOf(merged, timeLimitMs(thresholds)) / width,
    timesMs: merged.responseTime.count === 0 ? null : { p50, p95, p99 },
    targetsHeld: outcomes.every(({ passed, noData }) => passed || noData),
    firstFailure: mostFrequentFailure(merged),
  };
  return { window, iterations: totals.completedIterations / width, users: users.peak };
}

function emptySecond(startMs: number): Second {
  const none = { offered: 0, requests: 0, failures: 0, good: 0, timesMs: null, targetsHeld: true, firstFailure: null };
  return { window: { startMs, ...none }, iterations: 0, users: 0 };
}

/**
 * Estimates the due requests of each second. The plan of an open load gives the due iterations; for a closed load it is
 * only known that busy users would have sent something.
 */
function offeredIn(seconds: readonly Second[], { arrivals }: SpikedRun): (second: Second) => SpikeWindow {
  const sum = (of: (second: Second) => number) => seconds.reduce((total, second) => total + of(second), 0);
  if (arrivals !== null) {
    const times = new ArrivalTimes(arrivals);
    const iterations = sum((second) => second.iterations);
    const each = iterations > 0 ? sum(({ window }) => window.requests) / iterations : 1;
    return ({ window }) => {
      const due = times.countBefore(window.startMs + windowMs) - times.countBefore(window.startMs);
      return { ...window, offered: due * each };
    };
  }
  const isBusy = median(seconds.map(({ window }) => window.requests)) >= busyPerSecond;
  return ({ window, users }) => ({ ...window, offered: Math.max(window.requests, isBusy && users > 0 ? 1 : 0) });
}

/** The highest bound on a percentile of all response times: a slower request is late by every target. Null without one. */
function timeLimitMs(thresholds: readonly Threshold[]): number | null {
  const bounds = thresholds
    .filter(({ selector, expression }) => selector.metric.name === "response_time" && isUpper(expression.operator))
    .filter(({ selector, expression }) => selector.conditions.length === 0 && expression.aggregation.kind !== "count")
    .map(({ expression }) => expression.bound);
  return bounds.length === 0 ? null : Math.max(...bounds);
}

function isUpper(operator: string): boolean {
  return operator === "<" || operator === "<=";
}

/**
 * The number of requests that neither failed nor were late. Requests that timed out are both, and are subtracted only once.
 */
function goodOf({ requests, failures, failureKinds, responseTime }: EndpointTotals, limitMs: number | null): number {
  const late = limitMs === null ? 0 : responseTime.count - responseTime.countAtOrBelow(limitMs * 1_000);
  return Math.max(0, requests - failures - Math.max(0, late - (failureKinds.get("timeout") ?? 0)));
}

function mostFrequentFailure({ failureKinds }: EndpointTotals): FailureKind | null {
  const [most] = [...failureKinds].sort(([, a], [, b]) => b - a);
  return most === undefined ? null : most[0];
}
