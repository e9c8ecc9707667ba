import { countsInTotals } from "../../core/measure-kind.ts";
import { count, percent } from "../numbers.ts";
import type { EndpointResult, Result } from "../result/result-schema.ts";
import { limitText } from "../text/threshold-line.ts";
import type { Crossing } from "./model.ts";
import { nameOf, slowEndpoint } from "./slow-endpoint.ts";
import { moreThanOthers } from "./standing-out.ts";

type Threshold = Result["thresholds"][number];

/** The share of failures from which they are pointed out even if every threshold passes. */
const manyFailures = 0.001;
/**
 * Returns the most common cause of failures and its place: an endpoint that has it more often than the others, or the number of
 * endpoints that have it.
 */
function commonestError({ errors, endpoints, total, thresholds }: Result): string[] {
  const failures = errors.filter((error) => error.kind !== "exception" && countsInTotals(error));
  const isWanted = thresholds.some(({ metric, passed }) => !passed && /^(failures|http_req_failed)\b/.test(metric));
  const causes = Map.groupBy(failures, ({ kind, message }) => `${kind}\n${message}`);
  const [most = []] = [...causes.values()].toSorted((a, b) => countOf(b) - countOf(a));
  const [first] = most;
  if (first === undefined || (!isWanted && total.failures < total.requests * manyFailures)) return [];
  const requests = new Map(endpoints.map((endpoint) => [nameOf(endpoint), endpoint.requests]));
  const others = endpoints.filter((endpoint) => countsInTotals(endpoint) && !most.some((one) => isOf(one, endpoint)));
  const known = [
    ...most.map((one) => ({ count: Math.max(one.count, requests.get(nameOf(one)) ?? 0), events: one.count })),
    ...others.map((endpoint) => ({ count: endpoint.requests, events: 0 })),
  ];
  const worst = most.length === 1 ? first : most.find((_, position) => moreThanOthers(known).includes(position));
  const counted = worst === undefined ? countOf(most) : worst.count;
  const share = total.failures === 0 ? 0 : Math.min(1, counted / total.failures);
  const where = worst === undefined ? `${count(most.length)} endpoints alike` : nameOf(worst);
  const message = first.message === "" ? "without a message" : first.message;
  return [`${where}: ${percent(share)} of all failures are ${first.kind}, ${message}`];
}

/** The number of thresholds that one text names. It only counts the others. */
const mostNamed = 3;

/**
 * Returns what to look at first, the most important first; empty if nothing stands out. Each text continues "look at".
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

function countOf(errors: readonly Result["errors"][number][]): number {
  return errors.reduce((sum, error) => sum + error.count, 0);
}

function isOf(error: Result["errors"][number], { method, name }: EndpointResult): boolean {
  return error.method === method && error.name === name;
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

/**
 * Returns thresholds that pass without data, because they may contain a mistake. The reason of a threshold that fails
 * without data already says so.
 */
function unmatched({ thresholds }: Result): string[] {
  return thresholds.flatMap(({ metric, passed, unmatched }) =>
    passed && unmatched !== undefined ? [`${metric}, which passes without data: ${unmatched}`] : [],
  );
}

/**
 * Returns thresholds whose outcome is open, in two statements: thresholds whose percentile is known to lie around the
 * limit, and thresholds with too few requests to know where the percentile lies.
 */
function close({ thresholds }: Result): string[] {
  const open = thresholds.filter(({ close }) => close);
  const [measured, few] = [true, false].map((isMeasured) =>
    namesOf(open.filter(({ interval }) => (interval?.highMs !== null) === isMeasured)),
  );
  return [
    ...(measured ? [`${measured}: close, so a longer run may end the other way`] : []),
    ...(few ? [`${few}: few samples, only a longer run can tell`] : []),
  ];
}

/** Returns the thresholds in words. If there are many, only some are named. */
function namesOf(thresholds: readonly Threshold[]): string {
  const [named, left] = [
    thresholds.slice(0, mostNamed).map((threshold) => limitText(threshold)),
    thresholds.length - mostNamed,
  ];
  return left > 0 ? `${named.join(", ")} and ${left} more` : named.join(", ");
}
