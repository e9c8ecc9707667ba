import type { LiveState } from "../../api/contract/live.ts";
import type { WindowColumns } from "../../report/page/model.ts";

/** The rates per second and a percentile of one window; null where they are unknown. */
export interface LatestRates {
  readonly requests: number | null;
  readonly failures: number | null;
  readonly p95Ms: number | null;
}

export const unknownRates: LatestRates = { requests: null, failures: null, p95Ms: null };
const nothing: LatestRates = { requests: 0, failures: 0, p95Ms: null };
/** The age above which a window is not current. A window arrives within about two seconds after its end. */
const freshMs = 5_000;

/**
 * Returns the rates of the last window, which is complete: the report and the live stream only contain complete windows. Without
 * a window, or if the last one is old, the rates are unknown, except in a pause without users, where they are 0. They are also
 * unknown after the load, because the rate of its last seconds is not a current one.
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
