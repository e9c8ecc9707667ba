import { judgeDrift } from "../../analysis/drift/drift-result.ts";
import { isDelayReason } from "../../analysis/health/generator-delay.ts";
import { noDataText } from "../../core/thresholds/describe.ts";
import { readThreshold } from "../../core/thresholds/measured-name.ts";
import type { Result } from "../result/result-schema.ts";
import type { Standing } from "./model.ts";

/**
 * Returns the verdict so far of a run in progress: by its thresholds, drift, spike, capacity and the health of the workers. What
 * cannot be judged yet is ignored. Null before the first request, and for a run of another master, of which only the store is
 * known.
 * @param result the result of the whole run so far
 */
export function standingOf(result: Result): Standing | null {
  if (result.total.requests === 0 || result.verdict === "aborted") return null;
  const pending = pendingReasons(result);
  const reasons = result.reasons.filter((reason) => !pending.has(reason) && !isOpen(reason, result));
  if (reasons.length === 0) return { verdict: "passed", reasons };
  return { verdict: result.verdict === "failed" ? "failed" : "invalid", reasons };
}

/** Whether a reason only says that a threshold has no data yet, as in the first seconds. */
function isOpen(reason: string, { thresholds }: Result): boolean {
  const failed = thresholds.filter(({ passed }) => !passed);
  const open = failed.filter(({ value }) => value === null);
  // A late generator is a reason only if a threshold that was measured fails.
  if (isDelayReason(reason)) return open.length === failed.length && failed.length > 0;
  return open.some(({ metric, expression }) => reason.startsWith(noDataText(readThreshold(metric, expression))));
}

/** Returns why analyses have no outcome yet. */
function pendingReasons({ drift, spike }: Result): ReadonlySet<string> {
  const drifting = drift === null ? null : judgeDrift(drift);
  return new Set([...(drifting?.verdict === "not-judged" ? drifting.reasons : []), ...(spike?.notJudged ?? [])]);
}
