import { formatClock } from "../../core/duration.ts";
import { meets, parseSelector } from "../../core/thresholds/selector.ts";
import { count, milliseconds, percent } from "../numbers.ts";
import type { EndpointResult, Result } from "../result/result-schema.ts";

/** The share of failures that is pointed out even if every threshold passes. */
const manyFailures = 0.001;
/** A phase with more than this share of the time is pointed out. */
const mostOfTheTime = 0.5;

const phaseWords = {
  blocked: "waiting for a connection",
  connect: "connecting",
  tls: "TLS handshakes",
  sending: "sending",
  waiting: "waiting for the first byte",
  receiving: "receiving",
} as const;

/** The position among the phases of the first that the service time includes. */
const sentFrom = 3;

/** When a threshold started to fail, and the load at that time. */
export interface Crossing {
  readonly atMs: number;
  readonly users: number;
  readonly requestsPerSecond: number;
}

type Threshold = Result["thresholds"][number];

/**
 * What to look at first, most important first; empty if nothing stands out. Each text continues "look at".
 * @param crossingOf uses the windows of the run; returns null if they do not show when the threshold started to fail
 */
export function lookNext(result: Result, crossingOf: (threshold: Threshold) => Crossing | null = () => null): string[] {
  return [
    ...lostWorkers(result),
    ...slowEndpoint(result, crossingOf),
    ...commonestError(result),
    ...exception(result),
    ...dropped(result),
    ...unmatched(result),
    ...close(result),
  ];
}

function lostWorkers({ workers }: Result): string[] {
  const lost = workers.filter((worker) => worker.lost).map(({ number, host }) => `worker #${number} on ${host}`);
  if (lost.length === 0) return [];
  const [some, left] = [lost.slice(0, 3).join(", "), lost.length - 3];
  const verb = lost.length === 1 ? "was" : "were";
  return [`why ${some}${left > 0 ? ` and ${left} more` : ""} ${verb} lost: see its log and the memory of its machine`];
}

/**
 * For a response time that is too long: the slowest endpoint that the threshold covers, which phase takes its time, and
 * since when.
 */
function slowEndpoint(result: Result, crossingOf: (threshold: Threshold) => Crossing | null): string[] {
  const { thresholds, endpoints } = result;
  const failed = thresholds.find(({ metric, passed, value }) => {
    return !passed && value !== null && /^(response_time|service_time|http_req_duration)\b/.test(metric);
  });
  if (failed === undefined) return [];
  const { conditions } = parseSelector(failed.metric);
  const concerned = endpoints.filter((endpoint) =>
    conditions.every((condition) => {
      const { tag } = condition;
      return (tag !== "name" && tag !== "method") || meets(condition, endpoint[tag]);
    }),
  );
  const [slowest] = concerned.toSorted((a, b) => percentileOf(b, 95) - percentileOf(a, 95));
  if (slowest === undefined) return [];
  const times = `p95 ${milliseconds(percentileOf(slowest, 95))} ms, p99 ${milliseconds(percentileOf(slowest, 99))} ms`;
  return [
    `${nameOf(slowest)}: ${times}${longestPhase(result, failed, slowest)}`,
    ...sinceWhen(failed, crossingOf(failed)),
  ];
}

function sinceWhen({ metric, expression }: Threshold, crossing: Crossing | null): string[] {
  if (crossing === null) return [];
  const { atMs, users, requestsPerSecond } = crossing;
  const load = `${count(users)} ${users === 1 ? "user" : "users"} and ${count(requestsPerSecond)} requests/s`;
  return [`${formatClock(atMs)}, when ${expression} of ${metric} started to fail, at ${load}`];
}

/** What takes most of the time that the threshold limits; the service time begins when a request is sent. */
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

/** The time from when an iteration of an open load was due until its first request was made. No phase of a request covers it. */
function waitForUser({ scheduleLagMs }: Result, { responseTimeMs, serviceTimeMs, phasesMs }: EndpointResult) {
  const { blocked, connect, tls } = phasesMs;
  const mean = Math.max(0, responseTimeMs.mean - serviceTimeMs.mean - blocked.mean - connect.mean - tls.mean);
  const isGenerator = (scheduleLagMs?.mean ?? 0) > mean / 2;
  return { mean, words: isGenerator ? "waiting for the load generator, which was late" : "waiting for a free user" };
}

function commonestError({ errors, total, thresholds }: Result): string[] {
  const most = errors.find(({ kind }) => kind !== "exception");
  const isWanted = thresholds.some(({ metric, passed }) => !passed && /^(failures|http_req_failed)\b/.test(metric));
  if (most === undefined || (!isWanted && total.failures < total.requests * manyFailures)) return [];
  const share = total.failures === 0 ? 0 : Math.min(1, most.count / total.failures);
  const message = most.message === "" ? "without a message" : most.message;
  return [`${nameOf(most)}: ${percent(share)} of all failures are ${most.kind}, ${message}`];
}

function exception({ errors }: Result): string[] {
  const thrown = errors.find(({ kind }) => kind === "exception");
  if (thrown === undefined) return [];
  return [`the test's own code, which threw ${count(thrown.count)} × in ${thrown.name}: ${thrown.message}`];
}

function dropped({ droppedIterations, failedStarts = 0 }: Result): string[] {
  if (droppedIterations === 0) return [];
  const why =
    failedStarts > 0
      ? `${count(failedStarts)} users never started, because their onStart failed`
      : "no user was free: the service was too slow for the load, or maxUsers is too low";
  return [`${count(droppedIterations)} dropped iterations: ${why}`];
}

/** A threshold that passes without data may contain a mistake. If one fails, its reason says so already. */
function unmatched({ thresholds }: Result): string[] {
  return thresholds.flatMap(({ metric, passed, unmatched }) =>
    passed && unmatched !== undefined ? [`${metric}, which passes without data: ${unmatched}`] : [],
  );
}

function close({ thresholds }: Result): string[] {
  const [measured, few] = [true, false].map((isMeasured) =>
    thresholds.filter(({ close, interval }) => close && (interval?.highMs !== null) === isMeasured).map(inWords),
  ) as [string[], string[]];
  return [
    ...(measured.length === 0 ? [] : [`${measured.join(", ")}: close, so a longer run may end the other way`]),
    ...(few.length === 0 ? [] : [`${few.join(", ")}: few samples, only a longer run can tell`]),
  ];
}

function inWords({ metric, expression }: Threshold): string {
  return `${expression} of ${metric}`;
}

function percentileOf({ responseTimeMs }: EndpointResult, percentile: 95 | 99): number {
  return responseTimeMs.percentiles[`${percentile}`] ?? 0;
}

function nameOf({ method, name }: { readonly method: string; readonly name: string }): string {
  return `${method} ${name}`.trim();
}
