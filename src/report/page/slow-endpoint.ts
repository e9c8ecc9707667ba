import { formatClock } from "../../core/duration.ts";
import { countsInTotals } from "../../core/measure-kind.ts";
import { meets, parseSelector, selectsOnStop } from "../../core/thresholds/selector.ts";
import { count, milliseconds, percent } from "../numbers.ts";
import type { EndpointResult, Result } from "../result/result-schema.ts";
import { limitText } from "../text/threshold-line.ts";
import type { Crossing } from "./model.ts";
import { fewestFor, slowerThanOthers } from "./standing-out.ts";

/** The share of the time above which a phase is pointed out. */
const mostOfTheTime = 0.5;
const phaseWords = {
  blocked: "waiting for a connection",
  connect: "connecting",
  tls: "TLS handshakes",
  sending: "sending",
  waiting: "waiting for the first byte",
  receiving: "receiving",
} as const;

/** The position of the first phase that the service time includes. */
const sentFrom = 3;

type Threshold = Result["thresholds"][number];

/**
 * Explains a response time that is too long: which of the threshold's endpoints is slower than the others, which phase
 * takes its time, and since when. If none is slower beyond chance, no endpoint is named.
 */
export function slowEndpoint(result: Result, crossingOf: (threshold: Threshold) => Crossing | null): string[] {
  const { thresholds, endpoints } = result;
  const failed = thresholds.find(({ metric, passed, value }) => {
    return !passed && value !== null && /^(response_time|service_time|http_req_duration)\b/.test(metric);
  });
  if (failed === undefined) return [];
  const { conditions } = parseSelector(failed.metric);
  // The result's endpoints do not include requests of `onStop`.
  if (selectsOnStop(conditions)) return [];
  const concerned = endpoints.filter((endpoint) =>
    conditions.every((condition) => {
      const { tag } = condition;
      return (tag !== "name" && tag !== "method") || meets(condition, endpoint[tag]);
    }),
  );
  const [only] = concerned;
  const compared = concerned.filter(countsInTotals);
  const where =
    concerned.length === 1 && only !== undefined
      ? slowness(result, failed, only)
      : whichIsSlow(result, failed, compared);
  return where === null ? [] : [where, ...sinceWhen(failed, crossingOf(failed))];
}

/** Returns the slowest of several endpoints if it is slower than the others; otherwise why none is named. Null without endpoints. */
function whichIsSlow(result: Result, failed: Threshold, endpoints: readonly EndpointResult[]): string | null {
  if (endpoints.length === 0) return null;
  const percentile = Number(/^\s*p\(([\d.]+)\)/.exec(failed.expression)?.[1] ?? 95) > 97 ? 99 : 95;
  const known = endpoints.map((endpoint) => {
    const { requests, stalledRequests = 0 } = endpoint;
    return { count: requests - stalledRequests, percentiles: timesOf(failed, endpoint).percentiles };
  });
  const slow = slowerThanOthers(known, percentile).flatMap((position) => endpoints[position] ?? []);
  const [slowest] = slow.toSorted((a, b) => percentileOf(failed, b, percentile) - percentileOf(failed, a, percentile));
  if (slowest !== undefined) return slowness(result, failed, slowest);
  const few = known.filter(({ count }) => count < fewestFor(percentile)).length;
  if (few > 0) {
    const who = few === known.length ? "all" : `${count(few)} of ${count(known.length)}`;
    const fewest = `too few for their p${percentile}: fewer than ${fewestFor(percentile)}`;
    return `a longer run: the requests of ${who} endpoints are ${fewest}, so none is named`;
  }
  const [all, phase] = [count(endpoints.length), longestPhase(result, failed, result.total)];
  return `what all ${all} endpoints have in common: none is significantly slower than the others${phase}`;
}

function slowness(result: Result, failed: Threshold, endpoint: EndpointResult): string {
  const [p95, p99] = ([95, 99] as const).map((one) => milliseconds(percentileOf(failed, endpoint, one)));
  return `${nameOf(endpoint)}: p95 ${p95} ms, p99 ${p99} ms${longestPhase(result, failed, endpoint)}`;
}

function sinceWhen(threshold: Threshold, crossing: Crossing | null): string[] {
  if (crossing === null) return [];
  const { atMs, users, requestsPerSecond } = crossing;
  const load = `${count(users)} ${users === 1 ? "user" : "users"} and ${count(requestsPerSecond)} requests/s`;
  return [`${formatClock(atMs)}, when ${limitText(threshold)} started to fail, at ${load}`];
}

/** Returns the phase that takes most of the time that the threshold limits. The service time begins when a request is sent. */
function longestPhase(result: Result, { metric }: Threshold, endpoint: EndpointResult): string {
  const { responseTimeMs, serviceTimeMs, phasesMs } = endpoint;
  const isService = metric.startsWith("service_time");
  const phases = Object.entries(phaseWords).map(([phase, words]) => {
    return { words, mean: phasesMs[phase as keyof typeof phaseWords].mean };
  });
  const parts = isService ? phases.slice(sentFrom) : [...phases, waitForUser(result, endpoint)];
  const [longest] = parts.toSorted((a, b) => b.mean - a.mean);
  const whole = Math.max((isService ? serviceTimeMs : responseTimeMs).mean, ...parts.map(({ mean }) => mean));
  if (longest === undefined || longest.mean <= whole * mostOfTheTime) return "";
  return `, ${percent(longest.mean / whole)} of its time ${longest.words}`;
}

/** The time from when an iteration of an open load was due until its first request. No phase of a request covers it. */
function waitForUser({ scheduleLagMs }: Result, { responseTimeMs, serviceTimeMs, phasesMs }: EndpointResult) {
  const { blocked, connect, tls } = phasesMs;
  const mean = Math.max(0, responseTimeMs.mean - serviceTimeMs.mean - blocked.mean - connect.mean - tls.mean);
  const isGenerator = (scheduleLagMs?.mean ?? 0) > mean / 2;
  return { mean, words: isGenerator ? "waiting for the load generator, which was late" : "waiting for a free user" };
}

function percentileOf(failed: Threshold, endpoint: EndpointResult, percentile: 95 | 99): number {
  return timesOf(failed, endpoint).percentiles[percentile] ?? 0;
}

/** The times that a threshold limits. */
function timesOf({ metric }: Threshold, { serviceTimeMs, responseTimeMs }: EndpointResult) {
  return metric.startsWith("service_time") ? serviceTimeMs : responseTimeMs;
}

export function nameOf({ method, name }: { readonly method: string; readonly name: string }): string {
  return `${method} ${name}`.trim();
}
