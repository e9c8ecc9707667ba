import { phaseNames } from "../../core/request-phase.ts";
import type { SlowRequest } from "../../stats/evidence/slow-request.ts";
import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { type EndpointTotals, listFailureKinds } from "../../stats/run-totals.ts";
import type { StreamTotals } from "../../stats/stream-totals.ts";
import { rounded } from "../numbers.ts";
import { distributionOf } from "./distribution-of.ts";
import type { Distribution, EndpointResult, GroupResult, PhasesResult, StreamResult } from "./result-schema.ts";

/**
 * The figures of one endpoint, or of all endpoints together. `seconds`: the duration of the run. `slowest`: its slowest sampled
 * requests.
 */
export function endpointResult(
  totals: EndpointTotals,
  seconds: number,
  slowest: readonly SlowRequest[] = [],
): EndpointResult {
  return {
    method: totals.method,
    name: totals.name,
    requests: totals.requests,
    failures: totals.failures,
    failureKinds: Object.fromEntries(listFailureKinds(totals).map(({ kind, count }) => [kind, count])),
    ...(totals.stalledRequests > 0 ? { stalledRequests: totals.stalledRequests } : {}),
    requestsPerSecond: seconds > 0 ? rounded(totals.requests / seconds) : 0,
    bytesIn: totals.bytesIn,
    bytesOut: totals.bytesOut,
    serviceTimeMs: distributionOf(totals.serviceTime),
    responseTimeMs: distributionOf(totals.responseTime),
    phasesMs: phasesOf(totals),
    ...(slowest.length === 0 ? {} : { slowest: slowest.map(slowResult) }),
  };
}

function slowResult({ traceId, atMs, worker, user, status, serviceMs, responseMs }: SlowRequest) {
  return { traceId, atMs, worker, user, status, serviceMs: rounded(serviceMs), responseMs: rounded(responseMs) };
}

/** The figures of one group. `seconds`: the duration of the run. */
export function groupResult(totals: EndpointTotals, seconds: number): GroupResult {
  return {
    name: totals.name,
    count: totals.requests,
    failures: totals.failures,
    ...(totals.stalledRequests > 0 ? { stalledCount: totals.stalledRequests } : {}),
    ratePerSecond: seconds > 0 ? rounded(totals.requests / seconds) : 0,
    durationMs: distributionOf(totals.responseTime),
    activeTimeMs: distributionOf(totals.serviceTime),
  };
}

/** The figures of the streamed responses of one endpoint. `seconds`: the duration of the run. */
export function streamResult({ method, name, ended, first, events }: StreamTotals, seconds: number): StreamResult {
  // The first event of a stream has no gap before it.
  const stalled = events.requests - first.requests - events.serviceTime.count + first.stalledRequests;
  return {
    method,
    name,
    count: ended.requests,
    failures: ended.failures,
    events: events.requests,
    firstEvents: first.requests,
    eventsPerSecond: seconds > 0 ? rounded(events.requests / seconds) : 0,
    ...(stalled > 0 ? { stalledEvents: stalled } : {}),
    firstEventMs: distributionOf(first.responseTime),
    firstEventServiceMs: distributionOf(first.serviceTime),
    eventGapMs: distributionOf(events.serviceTime),
    durationMs: distributionOf(ended.responseTime),
  };
}

function phasesOf({ phases, serviceTime: { count: requests } }: EndpointTotals): PhasesResult {
  const entries = phaseNames.map((name, position) => {
    const sum = phases.of(position);
    const mean = requests === 0 ? 0 : rounded(sum.sumMicros / requests / 1_000);
    return [name, { requests: sum.requests, mean, max: sum.maxMicros / 1_000 }];
  });
  return Object.fromEntries(entries) as PhasesResult;
}

/** The schedule lag of an open load; null for other loads. */
export function scheduling(histogram: CumulativeHistogram): Distribution | null {
  return histogram.count === 0 ? null : distributionOf(histogram);
}
