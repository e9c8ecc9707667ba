import { codeInLimit, generatorLimitOf } from "../../core/generator-limit.ts";
import type { RunTotals } from "../../stats/run-totals.ts";

/** Requests that failed because the load generator ran out of files, ports or memory. */
export interface UnsentRequests {
  readonly count: number;
  /** The number of all requests, including these. */
  readonly requests: number;
  /** The most frequent system error code of these requests; empty if it is not known. */
  readonly code: string;
}

/**
 * The tolerated share of all requests: thresholds on failures are commonly 1 %, and these failures are not the service's.
 */
const tolerated = 0.001;

export function unsentIn(totals: RunTotals): UnsentRequests {
  const { requests, failureKinds } = totals.merged();
  const count = failureKinds.get("generator") ?? 0;
  return { count, requests, code: count === 0 ? "" : commonestCode(totals) };
}

/** Whether there are too many unsent requests for the figures to describe the service. */
export function isSpoiled({ count, requests }: UnsentRequests): boolean {
  return count > tolerated * requests;
}

/** Describes what the generator ran out of: "had no file descriptor left (EMFILE, ulimit -n is 256)". */
export function describeExhausted(code: string, fileDescriptorLimit: number | null = null): string {
  const limit = generatorLimitOf(code);
  if (limit === undefined) return "ran out of files, ports or memory";
  const value = code === "EMFILE" && fileDescriptorLimit !== null ? `, ulimit -n is ${fileDescriptorLimit}` : "";
  return `had no ${limit.exhausted} left (${code}${value})`;
}

/** The most frequent error code; empty if the messages were dropped at the limit of distinct errors. */
function commonestCode(totals: RunTotals): string {
  const counts = new Map<string, number>();
  for (const { kind, message, count } of totals.eachError()) {
    const code = kind === "generator" ? codeInLimit(message) : "";
    if (code !== "") counts.set(code, (counts.get(code) ?? 0) + count);
  }
  const [commonest] = [...counts].sort(([, a], [, b]) => b - a);
  return commonest?.[0] ?? "";
}
