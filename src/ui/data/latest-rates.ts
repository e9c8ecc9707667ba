import type { WindowColumns } from "../../report/page/model.ts";

/** Per second, and of one window. */
export interface LatestRates {
  readonly requests: number;
  readonly failures: number;
  readonly p95Ms: number | null;
}

/** Of the last window: a running run's report and feed have whole ones only. */
export function latestRates({
  startMs,
  widthMs,
  total,
}: Pick<WindowColumns, "startMs" | "widthMs" | "total">): LatestRates {
  const at = startMs.length - 1;
  const seconds = (widthMs[at] ?? 1_000) / 1_000;
  return {
    requests: (total.requests[at] ?? 0) / seconds,
    failures: (total.failures[at] ?? 0) / seconds,
    p95Ms: total.p95Ms[at] ?? null,
  };
}
