import type { WindowColumns } from "../../report/page/model.ts";

/** Rates per second and a percentile, of one window. */
export interface LatestRates {
  readonly requests: number;
  readonly failures: number;
  readonly p95Ms: number | null;
}

/** The rates of the last window. It is complete: the report and the live stream of a running run have no others. */
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
