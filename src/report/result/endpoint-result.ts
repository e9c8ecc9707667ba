import { phaseNames } from "../../core/request-phase.ts";
import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { type EndpointTotals, listFailureKinds } from "../../stats/run-totals.ts";
import { rounded } from "../numbers.ts";
import { distributionOf } from "./distribution-of.ts";
import type { Distribution, EndpointResult, GroupResult, PhasesResult } from "./result-schema.ts";

/** The figures of one endpoint, or of all together. `seconds`: the duration of the run. */
export function endpointResult(totals: EndpointTotals, seconds: number): EndpointResult {
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
  };
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
