import type { ShapeStatistics } from "../scenario/definition/load.ts";
import type { Collector } from "./record/collector.ts";

/** Rates are averages over so many whole windows. */
const rateWindows = 3;

/** The run so far, all workers merged. `users` are those that run now. */
export function liveStatistics(collector: Collector, elapsedMs: number, users: number): ShapeStatistics {
  const { requests, failures, responseTime } = collector.totals.merged();
  const [p50 = 0, p95 = 0, p99 = 0] = responseTime.percentilesMicros([50, 95, 99]);
  // The window before the current one may still be on its way.
  const rates = collector.windows.ratesBefore(Math.floor(elapsedMs / 1_000) - 1, rateWindows);
  return { users, requests, failures, ...rates, p50Ms: p50 / 1_000, p95Ms: p95 / 1_000, p99Ms: p99 / 1_000 };
}
