import type { EndpointTotals } from "../../stats/run-totals.ts";
import type { Window } from "../../stats/windows.ts";
import type { LivePoint, LiveWindow } from "../contract/live.ts";

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
