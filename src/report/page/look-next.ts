import { count } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import { commonestError } from "./commonest-error.ts";
import type { Crossing } from "./model.ts";
import { slowEndpoint, type Threshold } from "./slow-endpoint.ts";

/** The thresholds that one text names; it counts the others. */
const mostNamed = 3;

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

/**
 * Thresholds whose outcome is open, in two statements: those whose percentile is known to lie around the limit, and those
 * of too few requests to know where it lies.
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

/** The thresholds in words; of many only some are named. */
function namesOf(thresholds: readonly Threshold[]): string {
  const [named, left] = [thresholds.slice(0, mostNamed).map(inWords), thresholds.length - mostNamed];
  return left > 0 ? `${named.join(", ")} and ${left} more` : named.join(", ");
}

function inWords({ metric, expression }: Threshold): string {
  return `${expression} of ${metric}`;
}
