import type { LiveState } from "../../api/contract/live.ts";
import type { WindowColumns } from "../../report/page/model.ts";

/** Rates per second and a percentile, of one window; null where nothing is known. */
export interface LatestRates {
  readonly requests: number | null;
  readonly failures: number | null;
  readonly p95Ms: number | null;
}

export const unknownRates: LatestRates = { requests: null, failures: null, p95Ms: null };
const nothing: LatestRates = { requests: 0, failures: 0, p95Ms: null };
/** A window arrives within about two seconds after its end; an older one says nothing of now. */
const freshMs = 5_000;

/**
 * The rates of the last window. It is complete: the report and the live stream of a running run have no others. Without a window,
 * and if the last one is old, nothing is known, but for a pause, in which nobody works. After the load, iterations only end: the
 * rate of its last seconds is none of now.
 */
export function latestRates(
  { startMs, widthMs, total }: Pick<WindowColumns, "startMs" | "widthMs" | "total">,
  { state, users, elapsedMs }: Pick<LiveState, "state" | "users" | "elapsedMs">,
): LatestRates {
  const at = startMs.length - 1;
  const width = widthMs[at] ?? 0;
  if (width === 0 || state === "stopping") return unknownRates;
  const seconds = width / 1_000;
  if (elapsedMs - (startMs[at] ?? 0) - width > freshMs)
    return state === "paused" && users === 0 ? nothing : unknownRates;
  return {
    requests: (total.requests[at] ?? 0) / seconds,
    failures: (total.failures[at] ?? 0) / seconds,
    p95Ms: total.p95Ms[at] ?? null,
  };
}
