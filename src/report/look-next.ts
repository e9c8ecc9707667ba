import { meets, parseSelector } from "../core/thresholds/selector.ts";
import { count, milliseconds, percent } from "./numbers.ts";
import type { EndpointResult, Result } from "./result-schema.ts";

/** A share of failures that is worth a look although every threshold holds. */
const manyFailures = 0.001;
/** A phase that takes so much of the time is the one to look at. */
const mostOfTheTime = 0.5;

const phaseWords = {
  blocked: "waiting for a connection",
  connect: "connecting",
  tls: "TLS handshakes",
  sending: "sending",
  waiting: "waiting for the first byte",
  receiving: "receiving",
} as const;

/** Where a person should look first, in a sentence; null when nothing stands out. */
export function lookNext(result: Result): string | null {
  return (
    lostWorkers(result) ??
    slowEndpoint(result) ??
    commonestError(result) ??
    exception(result) ??
    dropped(result) ??
    close(result)
  );
}

function lostWorkers({ workers }: Result): string | null {
  const lost = workers.filter((worker) => worker.lost).map(({ number, host }) => `#${number} on ${host}`);
  if (lost.length === 0) return null;
  const [some, left] = [lost.slice(0, 3).join(", "), lost.length - 3];
  return `why ${some}${left > 0 ? ` and ${left} more` : ""} went: its own log, or the machine's memory`;
}

/** Behind a response time that is too long: the slowest endpoint that it is about, and where its time goes. */
function slowEndpoint({ thresholds, endpoints }: Result): string | null {
  const failed = thresholds.find(({ metric, passed, value }) => {
    return !passed && value !== null && /^(response_time|service_time|http_req_duration)\b/.test(metric);
  });
  if (failed === undefined) return null;
  const { conditions } = parseSelector(failed.metric);
  const concerned = endpoints.filter((endpoint) =>
    conditions.every((condition) => {
      const { tag } = condition;
      return (tag !== "name" && tag !== "method") || meets(condition, endpoint[tag]);
    }),
  );
  const [slowest] = concerned.toSorted((a, b) => p95Of(b) - p95Of(a));
  return slowest === undefined
    ? null
    : `${nameOf(slowest)}: p95 ${milliseconds(p95Of(slowest))} ms${longestPhase(slowest)}`;
}

function longestPhase({ phasesMs, serviceTimeMs }: EndpointResult): string {
  const phases = Object.entries(phaseWords).map(([phase, words]) => {
    return { words, mean: phasesMs[phase as keyof typeof phaseWords].mean };
  });
  const [longest] = phases.toSorted((a, b) => b.mean - a.mean);
  const whole = Math.max(serviceTimeMs.mean, ...phases.map(({ mean }) => mean));
  if (longest === undefined || longest.mean <= whole * mostOfTheTime) return "";
  return `, ${percent(longest.mean / whole)} of its time ${longest.words}`;
}

function commonestError({ errors, total, thresholds }: Result): string | null {
  const most = errors.find(({ kind }) => kind !== "exception");
  const isWanted = thresholds.some(({ metric, passed }) => !passed && /^(failures|http_req_failed)\b/.test(metric));
  if (most === undefined || (!isWanted && total.failures < total.requests * manyFailures)) return null;
  const share = total.failures === 0 ? 0 : Math.min(1, most.count / total.failures);
  return `${nameOf(most)}: ${percent(share)} of all failures are ${most.kind}, ${most.message === "" ? "without a message" : most.message}`;
}

function exception({ errors }: Result): string | null {
  const thrown = errors.find(({ kind }) => kind === "exception");
  return thrown === undefined ? null : `the test's own code, ${thrown.name}: ${thrown.message}`;
}

function dropped({ droppedIterations }: Result): string | null {
  if (droppedIterations === 0) return null;
  return `${count(droppedIterations)} dropped iterations: no user was free, so the service was slower than its load, or maxUsers too low`;
}

function close({ thresholds }: Result): string | null {
  const found = thresholds.find((threshold) => threshold.close);
  return found === undefined
    ? null
    : `${found.metric}: ${found.expression} is close, so a longer run may end the other way`;
}

function p95Of({ responseTimeMs }: EndpointResult): number {
  return responseTimeMs.percentiles["95"] ?? 0;
}

function nameOf({ method, name }: { readonly method: string; readonly name: string }): string {
  return `${method} ${name}`.trim();
}
