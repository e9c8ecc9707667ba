import type { EndpointTotals } from "../../stats/run-totals.ts";
import type { Window } from "../../stats/windows.ts";

/** Counts of the whole window; percentiles of the response time in ms, null without a request. */
export interface LivePoint {
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** What happened in one window. */
export interface LiveWindow {
  readonly runId: string;
  readonly startMs: number;
  readonly widthMs: number;
  readonly users: number;
  readonly usersByClass: Readonly<Record<string, number>>;
  readonly iterations: number;
  readonly droppedIterations: number;
  readonly total: LivePoint;
  /** By method and name; those with a request in this window. */
  readonly endpoints: Readonly<Record<string, LivePoint>>;
}

export function liveWindow(runId: string, window: Window): LiveWindow {
  const { startMs, widthMs, users, totals } = window;
  const endpoints = totals.endpoints().filter(({ requests }) => requests > 0);
  return {
    runId,
    startMs,
    widthMs,
    users: users.peak,
    usersByClass: Object.fromEntries(users.byClass),
    iterations: totals.completedIterations,
    droppedIterations: totals.droppedIterations,
    total: pointOf(totals.merged()),
    endpoints: Object.fromEntries(endpoints.map((one) => [`${one.method} ${one.name}`, pointOf(one)])),
  };
}

function pointOf({ requests, failures, responseTime }: EndpointTotals): LivePoint {
  if (requests === 0) return { requests, failures, p50Ms: null, p95Ms: null, p99Ms: null };
  const [p50 = 0, p95 = 0, p99 = 0] = responseTime.percentilesMicros([50, 95, 99]);
  return { requests, failures, p50Ms: p50 / 1_000, p95Ms: p95 / 1_000, p99Ms: p99 / 1_000 };
}
