import { countsInTotals, isOfOnStop, writtenKind } from "../../core/measure-kind.ts";
import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { type EndpointTotals, listFailureKinds, type RunTotals } from "../../stats/run-totals.ts";
import { streamsOf } from "../../stats/stream-totals.ts";
import { timeBounds } from "./histogram-buckets.ts";
import type {
  HistogramFamily,
  HistogramPoint,
  Labels,
  MetricFamily,
  NumberFamily,
  NumberPoint,
} from "./metric-family.ts";

const microsPerSecond = 1_000_000;

/** Makes the family of a counter or a gauge. */
export function numbers(
  kind: NumberFamily["kind"],
  name: string,
  unit: string,
  help: string,
  points: Iterable<NumberPoint>,
): NumberFamily {
  return { kind, name, unit, help, points };
}

/** Makes the family of a distribution of times, in seconds. */
export function times(name: string, help: string, points: Iterable<HistogramPoint>): HistogramFamily {
  return { kind: "histogram", name, unit: "s", help, perUnit: microsPerSecond, bounds: timeBounds, points };
}

/**
 * Returns the families of the requests, measures, groups and streams of a run, as in its result. Requests of `onStop` are not
 * load, and are left out.
 */
export function requestFamilies(totals: RunTotals): MetricFamily[] {
  const all = totals.endpoints();
  const endpoints = all.filter(countsInTotals);
  const nested = all.filter((endpoint) => !countsInTotals(endpoint) && !isOfOnStop(endpoint));
  const groups = totals.groups();
  return [
    ...endpointFamilies(endpoints),
    ...(nested.length === 0 ? [] : nestedFamilies(nested)),
    ...(groups.length === 0 ? [] : groupFamilies(groups)),
    ...streamFamilies(totals),
  ];
}

function endpointFamilies(endpoints: readonly EndpointTotals[]): MetricFamily[] {
  const open = endpoints.filter(({ hasOwnResponseTime }) => hasOwnResponseTime);
  const stalled = endpoints.filter(({ stalledRequests }) => stalledRequests > 0);
  return [
    counted(
      "muster.requests",
      "{request}",
      "Requests that completed, including failed ones.",
      endpoints,
      (one) => one.requests,
    ),
    failureFamily("muster.request.failures", "{request}", "Requests that failed, by the reason.", endpoints),
    times(
      "muster.request.duration",
      "Response times: in an open load, from when the request was due.",
      timed(endpoints, (one) => one.responseTime),
    ),
    ...(open.length === 0
      ? []
      : [
          times(
            "muster.request.service_duration",
            "Service times: from when the request was sent, where response times differ.",
            timed(open, (one) => one.serviceTime),
          ),
        ]),
    ...(stalled.length === 0
      ? []
      : [
          counted(
            "muster.request.stalled",
            "{request}",
            "Requests whose times are left out because their worker stalled.",
            stalled,
            (one) => one.stalledRequests,
          ),
        ]),
    counted("muster.request.received", "By", "Bytes received.", endpoints, (one) => one.bytesIn),
    counted("muster.request.sent", "By", "Bytes sent.", endpoints, (one) => one.bytesOut),
  ];
}

/** Returns the families of measures that contain others. They count in addition to their parts, and so are in no sum of requests. */
function nestedFamilies(nested: readonly EndpointTotals[]): MetricFamily[] {
  return [
    counted(
      "muster.nested.runs",
      "{run}",
      "Measures with other measures or requests in them.",
      nested,
      (one) => one.requests,
    ),
    failureFamily("muster.nested.failures", "{run}", "Such measures that failed, by the reason.", nested),
    times(
      "muster.nested.duration",
      "The times of such measures.",
      timed(nested, (one) => one.responseTime),
    ),
  ];
}

function groupFamilies(groups: readonly EndpointTotals[]): MetricFamily[] {
  const of = ({ name }: EndpointTotals): Labels => ({ group: name });
  return [
    counted("muster.group.runs", "{run}", "How often each group ran.", groups, (one) => one.requests, of),
    counted("muster.group.failures", "{run}", "How often each group failed.", groups, (one) => one.failures, of),
    times(
      "muster.group.duration",
      "How long each group took.",
      timed(groups, (one) => one.responseTime, of),
    ),
  ];
}

function streamFamilies(totals: RunTotals): MetricFamily[] {
  const streams = streamsOf(totals).map(({ method, name, ...rest }) => ({ labels: { method, name }, ...rest }));
  if (streams.length === 0) return [];
  const points = (value: (stream: (typeof streams)[number]) => number) =>
    streams.map((stream) => ({ labels: stream.labels, value: value(stream) }));
  const histograms = (value: (stream: (typeof streams)[number]) => CumulativeHistogram) =>
    streams.map((stream) => ({ labels: stream.labels, histogram: value(stream) }));
  return [
    numbers(
      "counter",
      "muster.streams",
      "{stream}",
      "Streamed responses that ended.",
      points(({ ended }) => ended.requests),
    ),
    numbers(
      "counter",
      "muster.stream.failures",
      "{stream}",
      "Streamed responses that failed.",
      points(({ ended }) => ended.failures),
    ),
    numbers(
      "counter",
      "muster.stream.events",
      "{event}",
      "Events of streamed responses.",
      points(({ events }) => events.requests),
    ),
    times(
      "muster.stream.first_event",
      "The time to the first event.",
      histograms(({ first }) => first.responseTime),
    ),
    times(
      "muster.stream.event_gap",
      "The time from one event to the next.",
      histograms(({ events }) => events.serviceTime),
    ),
    times(
      "muster.stream.duration",
      "How long streams took.",
      histograms(({ ended }) => ended.responseTime),
    ),
  ];
}

/** Returns the labels of an endpoint, with the method as the test wrote it: without the parentheses around that of a nested measure. */
function endpointLabels({ method, name }: EndpointTotals): Labels {
  return { method: writtenKind(method), name };
}

function counted(
  name: string,
  unit: string,
  help: string,
  of: readonly EndpointTotals[],
  value: (totals: EndpointTotals) => number,
  labels = endpointLabels,
): NumberFamily {
  return numbers(
    "counter",
    name,
    unit,
    help,
    of.map((one) => ({ labels: labels(one), value: value(one) })),
  );
}

function failureFamily(name: string, unit: string, help: string, of: readonly EndpointTotals[]): NumberFamily {
  const points = of.flatMap((one) =>
    listFailureKinds(one).map(({ kind, count }) => ({ labels: { ...endpointLabels(one), kind }, value: count })),
  );
  return numbers("counter", name, unit, help, points);
}

function timed(
  of: readonly EndpointTotals[],
  histogram: (totals: EndpointTotals) => CumulativeHistogram,
  labels = endpointLabels,
): HistogramPoint[] {
  return of.map((one) => ({ labels: labels(one), histogram: histogram(one) }));
}
