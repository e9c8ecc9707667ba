import type { WindowColumns } from "../../report/model.ts";

/** Per second, and of one window. */
export interface LatestRates {
  readonly requests: number;
  readonly failures: number;
  readonly p95Ms: number | null;
}

/** What all workers have reported by now: a report that is fetched in between has a part of the window that is running. */
const reportedWithinMs = 1_000;

/** Of the last whole window. */
export function latestRates(
  { startMs, widthMs, total }: Pick<WindowColumns, "startMs" | "widthMs" | "total">,
  elapsedMs: number,
): LatestRates {
  const isWhole = (start: number, at: number) => start + (widthMs[at] ?? 0) + reportedWithinMs <= elapsedMs;
  const last = startMs.findLastIndex(isWhole);
  const at = last < 0 ? startMs.length - 1 : last;
  const seconds = (widthMs[at] ?? 1_000) / 1_000;
  return {
    requests: (total.requests[at] ?? 0) / seconds,
    failures: (total.failures[at] ?? 0) / seconds,
    p95Ms: total.p95Ms[at] ?? null,
  };
}
