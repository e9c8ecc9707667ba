import type { LiveState, LogLine } from "../../api/contract/live.ts";

/** The states in which a run sends events every second. Nothing changes while it waits for its first worker, and when it has finished. */
const changing: readonly LiveState["state"][] = ["running", "paused", "stopping"];
const ofRunMs = 5_000;
/** Otherwise, the master sends a heartbeat every five seconds. */
const ofHeartbeatsMs = 12_000;

/** Returns the time without an event after which the connection counts as lost; the state is null before the first. */
export function longestSilenceMs(state: LiveState["state"] | null): number {
  return state !== null && changing.includes(state) ? ofRunMs : ofHeartbeatsMs;
}

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

/**
 * Returns the latest `most` log lines of a page, the oldest first: those that the master has, between the lines before them, which it no
 * longer has, and the lines that the page has received since. A master that was restarted has none of the lines of the one before.
 */
export function mergedLogs(ofMaster: readonly LogLine[], ofPage: readonly LogLine[], most: number): LogLine[] {
  const known = new Set(ofMaster.map(keyOfLine));
  const others = ofPage.filter((line) => !known.has(keyOfLine(line)));
  const fromAt = ofMaster[0]?.at ?? Number.POSITIVE_INFINITY;
  const before = others.filter(({ at }) => at < fromAt);
  const after = others.filter(({ at }) => at >= fromAt);
  return [...before, ...ofMaster, ...after].slice(-most);
}

function keyOfLine({ at, node, message }: LogLine): string {
  return `${at} ${node} ${message}`;
}
