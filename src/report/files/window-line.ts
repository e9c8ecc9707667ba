import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import type { EndpointTotals } from "../../stats/run-totals.ts";
import { type StreamTotals, streamsOf } from "../../stats/stream-totals.ts";
import type { Window } from "../../stats/windows.ts";
import { distributionOf } from "../result/distribution-of.ts";
import type { StreamLine } from "../result/stream-schema.ts";

type WindowLine = Extract<StreamLine, { type: "window" }>;

/** Returns one line of the stream: a window of a run in progress. */
export function windowLine({ startMs, widthMs, users, totals }: Window): WindowLine {
  const groups = totals.groups().map(groupOf);
  const streams = streamsOf(totals).map(streamOf);
  return {
    type: "window",
    startMs,
    widthMs,
    users: users.peak,
    usersByClass: Object.fromEntries(users.byClass),
    iterations: totals.completedIterations,
    failedIterations: totals.failedIterations,
    droppedIterations: totals.droppedIterations,
    total: pointOf(totals.merged()),
    endpoints: totals
      .endpoints()
      .filter(({ requests }) => requests > 0)
      .map((endpoint) => ({ method: endpoint.method, name: endpoint.name, ...pointOf(endpoint) })),
    ...(groups.length === 0 ? {} : { groups }),
    ...(streams.length === 0 ? {} : { streams }),
  };
}

function pointOf({ requests, failures, bytesIn, bytesOut, responseTime }: EndpointTotals): WindowLine["total"] {
  return { requests, failures, bytesIn, bytesOut, responseTimeMs: timesOf(responseTime) };
}

function groupOf({ name, requests: count, failures, responseTime, serviceTime }: EndpointTotals) {
  return { name, count, failures, durationMs: timesOf(responseTime), activeTimeMs: timesOf(serviceTime) };
}

function streamOf({ method, name, ended, first, events }: StreamTotals) {
  return {
    method,
    name,
    count: ended.requests,
    failures: ended.failures,
    events: events.requests,
    firstEventMs: timesOf(first.responseTime),
    eventGapMs: timesOf(events.serviceTime),
    durationMs: timesOf(ended.responseTime),
  };
}

function timesOf(histogram: CumulativeHistogram): WindowLine["total"]["responseTimeMs"] {
  const { min, mean, max, percentiles } = distributionOf(histogram);
  return histogram.count === 0 ? null : { min, mean, max, percentiles };
}
