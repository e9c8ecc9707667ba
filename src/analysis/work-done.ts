import type { RunTotals } from "../stats/run-totals.ts";
import type { JudgedThreshold } from "./judged-threshold.ts";

/** More users than this share that never started are a load other than the planned one. */
const mostFailedStarts = 0.01;
/** Thresholds on these ask for no request, check or metric. */
const aboutIterations = /^(iterations|failed_iterations)$/;

/** Why a run has nothing to be judged by; null when it measured something. */
export function nothingMeasured(totals: RunTotals, thresholds: readonly JudgedThreshold[]): string | null {
  if (totals.merged().requests > 0) return null;
  const { completedIterations, failedIterations } = totals;
  if (completedIterations === failedIterations) {
    const what = completedIterations === 0 ? "no iteration was completed" : "the test's code threw in every iteration";
    const start = completedIterations === 0 && totals.failedStarts > 0 ? ` (${startsInWords(totals)})` : "";
    return `too little data: ${what}, and no request was completed${start}`;
  }
  const isMeasured =
    [...totals.checks.values()].some(({ passes, failures }) => passes + failures > 0) ||
    totals.metrics.size > 0 ||
    [...totals.eachSeries()].some(({ samples }) => samples.requests > 0) ||
    thresholds.some(({ metric, noData }) => aboutIterations.test(metric) && !noData);
  if (isMeasured) return null;
  // They were interrupted, when their users ended at the latest.
  const why = totals.unawaited.size > 0 ? "no request was awaited" : "no request was completed";
  return `nothing was measured: ${why}, and no check or metric was recorded`;
}

/** Why the users did not do what the plan says of them; null when they did. */
export function usersMissing(totals: RunTotals): string | null {
  const { failedStarts, startedUsers } = totals;
  const hasBegun = totals.completedIterations > 0 || totals.tasks.list().some(({ tasks }) => tasks.length > 0);
  if (!hasBegun && failedStarts > 0) return `no iteration began: ${startsInWords(totals)}`;
  if (!hasBegun && startedUsers > 0) return "no iteration began: every request was one of onStart or onStop";
  if (failedStarts <= (failedStarts + startedUsers) * mostFailedStarts) return null;
  return `the load was less than planned: ${startsInWords(totals)}`;
}

/** Of a run that a few users more or less do not spoil. */
export function fewUsersMissing(totals: RunTotals): string | null {
  return totals.failedStarts > 0 && usersMissing(totals) === null ? startsInWords(totals) : null;
}

function startsInWords({ failedStarts, startedUsers }: RunTotals): string {
  const all = failedStarts + startedUsers;
  const users =
    failedStarts === all ? (all === 1 ? "the only user" : `none of ${all} users`) : `${failedStarts} of ${all} users`;
  const started = failedStarts === all && all > 1 ? "ever started" : "never started";
  return `${users} ${started}, as their onStart threw or did not end`;
}
