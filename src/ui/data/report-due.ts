import type { LiveState } from "../../api/contract/live.ts";

interface ReportRequests {
  readonly state: LiveState["state"] | null;
  /** Whether the last report could not be loaded, although there is one. */
  readonly hasFailed: boolean;
  readonly nextAtMs: number;
}

/** Whether a report is due: regularly while the load is running, and once it is over until the last one is loaded. */
export function isReportDue({ state, hasFailed, nextAtMs }: ReportRequests, nowMs: number): boolean {
  return nowMs >= nextAtMs && (state === "running" || (state === "finished" && hasFailed));
}
