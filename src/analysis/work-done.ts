import type { Threshold } from "../core/thresholds/threshold.ts";
import type { RunTotals } from "../stats/run-totals.ts";
import type { JudgedThreshold } from "./judged-threshold.ts";
import { describeDropped } from "./load/load-findings.ts";
import { isTooMuch, type ScenarioLoad } from "./load/scenario-load.ts";
import type { RunMeasurements } from "./metric-source.ts";

/** The tolerated share of users that never started. If it is larger, the load was not the planned one. */
const mostFailedStarts = 0.01;
/** Thresholds on these metrics do not need a request, check or metric. */
const aboutIterations = /^(iterations|failed_iterations)$/;

/** The reason why a run has too little data for a verdict; null if it measured something. */
export function nothingMeasured(totals: RunTotals, thresholds: readonly JudgedThreshold[]): string | null {
  if (totals.merged().requests > 0) return null;
  const { completedIterations, failedIterations } = totals;
  if (completedIterations === failedIterations) {
    const what = completedIterations === 0 ? "no iteration was completed" : "the test's code threw in every iteration";
    const start = completedIterations === 0 && totals.failedStarts > 0 ? ` (${describeStarts(totals)})` : "";
    return `too little data: ${what}, and no request was completed${start}`;
  }
  const isMeasured =
    [...totals.checks.values()].some(({ passes, failures }) => passes + failures > 0) ||
    totals.metrics.size > 0 ||
    [...totals.eachSeries()].some(({ samples }) => samples.requests > 0) ||
    thresholds.some(({ metric, noData }) => aboutIterations.test(metric) && !noData);
  if (isMeasured) return null;
  if (totals.endpointsOfOnStop().length > 0) return "nothing was measured: only onStop made requests";
  // All requests were interrupted, at the latest when their users ended.
  const why = totals.unawaited.size > 0 ? "no request was awaited" : "no request was completed";
  return `nothing was measured: ${why}, and no check or metric was recorded`;
}

/** The reason why too few users ran as planned; null if enough did. */
function usersMissing(totals: RunTotals): string | null {
  const { failedStarts, startedUsers } = totals;
  const hasBegun = totals.completedIterations > 0 || totals.tasks.list().some(({ tasks }) => tasks.length > 0);
  if (!hasBegun && failedStarts > 0) return `no iteration began: ${describeStarts(totals)}`;
  if (!hasBegun && startedUsers > 0) return "no iteration began: all requests were made in onStart";
  if (failedStarts <= (failedStarts + startedUsers) * mostFailedStarts) return null;
  return `the load was less than planned: ${describeStarts(totals)}`;
}

/**
 * The reason why the thresholds prove nothing: too little of a scenario's load was generated because no user was free for
 * it. Null if enough was generated, if there is no threshold, or if a threshold limits the dropped iterations.
 */
function iterationsDropped(load: readonly ScenarioLoad[], thresholds: readonly Threshold[]): string | null {
  const isJudged = ({ metric, selector }: Threshold) =>
    metric === "dropped_iterations" || (metric === "failures" && selector.conditions.length === 0);
  if (thresholds.length === 0 || thresholds.some(isJudged)) return null;
  const short = load.find((one) => isTooMuch(one.dropped, one));
  return short === undefined ? null : describeDropped(short, load.length);
}

/** The reason why too few users ran as planned, or too few iterations had a user; null if enough did. */
export function workMissing({ totals, load = [] }: RunMeasurements, thresholds: readonly Threshold[]): string | null {
  return usersMissing(totals) ?? iterationsDropped(load, thresholds);
}

/** The warning that a few users did not start, too few to spoil the run; null if there is none. */
export function fewUsersMissing(totals: RunTotals): string | null {
  return totals.failedStarts > 0 && usersMissing(totals) === null ? describeStarts(totals) : null;
}

function describeStarts({ failedStarts, startedUsers }: RunTotals): string {
  const all = failedStarts + startedUsers;
  const users =
    failedStarts === all ? (all === 1 ? "the only user" : `none of ${all} users`) : `${failedStarts} of ${all} users`;
  const started = failedStarts === all && all > 1 ? "ever started" : "never started";
  return `${users} ${started}, because their onStart threw or did not end`;
}
