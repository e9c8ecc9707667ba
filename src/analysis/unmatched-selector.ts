import { writtenKind } from "../core/measure-kind.ts";
import { nearestName } from "../core/nearest.ts";
import { isGroupMetric, isStreamMetric } from "../core/thresholds/metrics.ts";
import { recordedName } from "../core/thresholds/recorded-metric.ts";
import { meets, onStopHook, type Selector, type TagCondition } from "../core/thresholds/selector.ts";
import type { RunTotals } from "../stats/run-totals.ts";
import { streamsOf } from "../stats/stream-totals.ts";
import { requestsOf } from "./metric-source.ts";
import { ofLoad, ofOnStop } from "./selected-endpoints.ts";
import { streamSamples } from "./stream-samples.ts";

interface Endpoint {
  readonly method: string;
  readonly name: string;
}

const hookCondition: TagCondition = { tag: "hook", value: onStopHook, isNot: false };

/**
 * Explains why nothing in a finished run matched a selector, with the nearest value that occurred; null if something
 * matched. Conditions on a status are ignored: a status that no response had is a result, not a mistake.
 */
export function unmatchedSelector(selector: Selector, totals: RunTotals): string | null {
  const conditions = selector.conditions.filter(({ tag }) => tag !== "status");
  if (conditions.length === 0) return null;
  const recorded = recordedName(selector);
  const isRecorded =
    recorded !== null && (totals.metrics.has(recorded) || totals.seriesOf("trend", recorded) !== undefined);
  if (isRecorded) return null;
  const named = recorded === null ? namesOf(selector, totals) : null;
  if (named !== null) return unmatchedIn(named.tag, conditions, named.seen);
  if (!selector.metric.tags.includes("name")) {
    return recorded === null ? null : `nothing was recorded with ${conditions.map(conditionText).join(",")}`;
  }
  const hasAny = recorded === null && hasSamples(selector, totals);
  return hasAny ? null : unmatchedRequests(selector, conditions, endpointsOf(selector, totals));
}

/** Explains why no request met all conditions of a selector; null if a request may have met all conditions except those on its status. */
function unmatchedRequests(
  selector: Selector,
  conditions: readonly TagCondition[],
  endpoints: readonly Endpoint[],
): string | null {
  if (endpoints.length === 0) return null;
  const names = new Set(endpoints.map(({ name }) => name));
  const methods = new Set(endpoints.map(({ method }) => writtenKind(method)));
  const ofOne = unmatchedIn("name", conditions, [...names]) ?? unmatchedIn("method", conditions, [...methods]);
  if (ofOne !== null) return ofOne;
  const hasStatus = conditions.length < selector.conditions.length;
  return unmatchedByHook(conditions, endpoints) ?? (hasStatus ? null : unmatchedTogether(conditions, methods));
}

/** Explains that only `onStop` made requests with the name and the method of the conditions; null if that is not so. */
function unmatchedByHook(conditions: readonly TagCondition[], endpoints: readonly Endpoint[]): string | null {
  const ofEndpoint = conditions.filter(({ tag }) => tag === "name" || tag === "method");
  if (ofEndpoint.length === 0 || endpoints.some(ofLoad(ofEndpoint))) return null;
  if (!endpoints.some(ofOnStop([...ofEndpoint, hookCondition]))) return null;
  const [matched, all] = [ofEndpoint, conditions].map((some) => some.map(conditionText).join(","));
  return `only onStop made requests that match ${matched}: ${all},hook:onStop selects them`;
}

/**
 * Explains that no request meets all conditions. Measures that contain measured work may meet them, but only a name
 * selects such measures.
 */
function unmatchedTogether(conditions: readonly TagCondition[], methods: ReadonlySet<string>): string {
  const matched = conditions.map(conditionText).join(",");
  return [...methods].some((method) => conditions.every((one) => one.tag === "method" && meets(one, method)))
    ? `only measures that contain measured work matched ${matched}: these count where their name is selected`
    : `no request matched ${matched}`;
}

/** The endpoints that a metric of requests, or of streams, could have matched. */
function endpointsOf({ metric }: Selector, totals: RunTotals): readonly Endpoint[] {
  if (isStreamMetric(metric.name)) return streamsOf(totals);
  return [...totals.eachEndpoint()].filter(({ requests }) => requests > 0);
}

function hasSamples(selector: Selector, totals: RunTotals): boolean {
  const isStreamed = isStreamMetric(selector.metric.name);
  return (isStreamed ? streamSamples(selector, totals) : requestsOf(selector, totals)).requests > 0;
}

/** The names that the totals have for a metric of checks or of groups, and the tag that selects them; null for other metrics. */
function namesOf({ metric }: Selector, totals: RunTotals): { tag: string; seen: readonly string[] } | null {
  if (metric.name === "checks") return { tag: "check", seen: [...totals.checks.keys()] };
  return isGroupMetric(metric.name) ? { tag: "group", seen: totals.groups().map(({ name }) => name) } : null;
}

/** Explains the first condition on `tag` that none of the `seen` values meets; null if there is none. */
function unmatchedIn(tag: string, conditions: readonly TagCondition[], seen: readonly string[]): string | null {
  const missed = conditions.find((one) => one.tag === tag && !one.isNot && !seen.some((value) => meets(one, value)));
  if (missed === undefined || seen.length === 0) return null;
  const what = tag === "check" || tag === "group" ? `no ${tag}` : "no request";
  const nearest = nearestName(missed.value, seen);
  const [first = "", ...others] = seen.toSorted();
  const some = others.length === 0 ? first : `${first} and ${others.length} more`;
  return `${what} matched ${conditionText(missed)}; ${nearest === undefined ? `seen: ${some}` : `nearest seen: ${nearest}`}`;
}

function conditionText({ tag, value, isNot }: TagCondition): string {
  return `${tag}${isNot ? "!=" : ":"}${value}`;
}
