import { nearestName } from "../core/nearest.ts";
import { recordedName } from "../core/thresholds/recorded-metric.ts";
import { meets, type Selector, type TagCondition } from "../core/thresholds/selector.ts";
import { overflowName } from "../stats/interval-report.ts";
import type { RunTotals } from "../stats/run-totals.ts";
import { requestsOf } from "./metric-source.ts";

/**
 * Of a run that is over: why nothing in it met a selector, in words, with the nearest that was there; null when something
 * did. A status is left out: that no response had it is a result, not a slip.
 */
export function unmatchedSelector(selector: Selector, totals: RunTotals): string | null {
  const conditions = selector.conditions.filter(({ tag }) => tag !== "status");
  if (conditions.length === 0) return null;
  const recorded = recordedName(selector);
  const isRecorded =
    recorded !== null && (totals.metrics.has(recorded) || totals.seriesOf("trend", recorded) !== undefined);
  if (isRecorded) return null;
  if (selector.metric.name === "checks" && recorded === null)
    return unmatchedIn("check", conditions, [...totals.checks.keys()]);
  if (!selector.metric.tags.includes("name")) {
    return recorded === null ? null : `nothing was recorded with ${conditions.map(written).join(",")}`;
  }
  const endpoints = [...totals.eachEndpoint()].filter(({ requests }) => requests > 0);
  if (endpoints.length === 0) return null;
  const names = new Set(endpoints.map(({ name }) => name));
  const methods = new Set(endpoints.map(({ method }) => method));
  const ofOne = unmatchedIn("name", conditions, [...names]) ?? unmatchedIn("method", conditions, [...methods]);
  if (ofOne !== null) return ofOne;
  const hasStatus = conditions.length < selector.conditions.length;
  if (hasStatus || (recorded === null && requestsOf(selector, totals).requests > 0)) return null;
  return `no request matched ${conditions.map(written).join(",")}`;
}

/** About the first condition on `tag` that none of the `seen` meets. */
function unmatchedIn(tag: string, conditions: readonly TagCondition[], seen: readonly string[]): string | null {
  const missed = conditions.find((one) => one.tag === tag && !one.isNot && !seen.some((value) => meets(one, value)));
  if (missed === undefined || seen.length === 0) return null;
  const what = tag === "check" ? "no check" : "no request";
  if (seen.includes(overflowName)) {
    return `${what} is kept apart for ${written(missed)}: there were too many names, and the rest are in ${overflowName}`;
  }
  const nearest = nearestName(missed.value, seen);
  const [first = "", ...others] = seen.toSorted();
  const some = others.length === 0 ? first : `${first} and ${others.length} more`;
  return `${what} matched ${written(missed)}; ${nearest === undefined ? `seen: ${some}` : `nearest seen: ${nearest}`}`;
}

function written({ tag, value, isNot }: TagCondition): string {
  return `${tag}${isNot ? "!=" : ":"}${value}`;
}
