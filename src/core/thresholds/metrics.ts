import type { PhaseName } from "../request-phase.ts";

export type MetricKind = "trend" | "counter" | "rate" | "gauge";

/** The unit of a metric's values. A `fraction` is 0..1. */
export type MetricUnit = "ms" | "bytes" | "count" | "fraction";

/** The name of an aggregation; `p` stands for `p(N)`. */
export type AggregationName = "avg" | "min" | "max" | "med" | "p" | "count" | "rate" | "value" | "last";

interface MetricShape {
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** Aggregations in addition to those of the metric's kind. */
  readonly also?: readonly AggregationName[];
  /** The tags that a selector can filter the metric by; default none. */
  readonly tags?: readonly TagName[];
  /** Whether a selector can also filter it by tags of the test. */
  readonly takesOwnTags?: boolean;
  /** Whether it is recorded only if a threshold uses it. */
  readonly isOnDemand?: boolean;
  /** Whether workers report it like the metrics of a test: it is rare and has no field in the report frame. */
  readonly isScalar?: boolean;
  readonly phase?: PhaseName;
}

/** The tags that a selector can filter a metric by, in addition to tags of the test. */
export type TagName =
  | "name"
  | "method"
  | "scenario"
  | "class"
  | "task"
  | "status"
  | "check"
  | "group"
  | "code"
  | "hook";

const requestTags = {
  tags: ["name", "method", "scenario", "class", "status", "group", "hook"],
  takesOwnTags: true,
} as const;
const groupTags = { tags: ["group", "scenario", "class"] } as const;

/** The metric that counts requests sent again because their reused connection turned out to be closed. */
export const reconnectsMetric = "reconnects";

/** The metric that counts requests sent again by the option `retries`. */
export const retriesMetric = "retries";

/** The metrics that count the messages of WebSockets and gRPC calls, received and sent. */
export const messagesInMetric = "messages_in";
export const messagesOutMetric = "messages_out";

/** The metric that counts closed WebSockets. Its tag `code` is the status code of the close. */
export const websocketClosesMetric = "websocket_closes";

/** The metric that counts how often streams of events reconnected. */
export const streamReconnectsMetric = "stream_reconnects";

/** The metric of the values that the sources of `observe` give. It always has the tag `name`, and no worker records it. */
export const observedMetric = "observed";

/** The built-in metrics. The rates of counters are per second. */
const builtIn = {
  response_time: { kind: "trend", unit: "ms", ...requestTags },
  service_time: { kind: "trend", unit: "ms", ...requestTags },
  schedule_lag: { kind: "trend", unit: "ms" },
  requests: { kind: "counter", unit: "count", ...requestTags },
  iterations: { kind: "counter", unit: "count" },
  dropped_iterations: { kind: "counter", unit: "count" },
  failed_starts: { kind: "counter", unit: "count" },
  failed_iterations: { kind: "rate", unit: "fraction", also: ["count"] },
  failures: { kind: "rate", unit: "fraction", also: ["count"], ...requestTags },
  checks: { kind: "rate", unit: "fraction", tags: ["check", "scenario", "class", "group"], takesOwnTags: true },
  users: { kind: "gauge", unit: "count" },
  [reconnectsMetric]: { kind: "counter", unit: "count", isScalar: true },
  [retriesMetric]: { kind: "counter", unit: "count", isScalar: true },
  [messagesInMetric]: { kind: "counter", unit: "count", isScalar: true },
  [messagesOutMetric]: { kind: "counter", unit: "count", isScalar: true },
  [websocketClosesMetric]: { kind: "counter", unit: "count", isScalar: true, tags: ["code"], takesOwnTags: true },
  [streamReconnectsMetric]: { kind: "counter", unit: "count", isScalar: true },
  bytes_in: { kind: "counter", unit: "bytes", ...requestTags },
  bytes_out: { kind: "counter", unit: "bytes", ...requestTags },
  iteration_duration: { kind: "trend", unit: "ms", tags: ["scenario", "class", "task"], isOnDemand: true },
  group_duration: { kind: "trend", unit: "ms", ...groupTags },
  group_active_time: { kind: "trend", unit: "ms", ...groupTags },
  group_failures: { kind: "rate", unit: "fraction", also: ["count"], ...groupTags },
  first_event: { kind: "trend", unit: "ms", ...requestTags },
  event_gap: { kind: "trend", unit: "ms", ...requestTags },
  stream_duration: { kind: "trend", unit: "ms", ...requestTags },
  stream_events: { kind: "counter", unit: "count", ...requestTags },
  [observedMetric]: { kind: "trend", unit: "count", also: ["last"], tags: ["name"] },
  blocked_time: phaseMetric("blocked"),
  connect_time: phaseMetric("connect"),
  tls_time: phaseMetric("tls"),
  sending_time: phaseMetric("sending"),
  waiting_time: phaseMetric("waiting"),
  receiving_time: phaseMetric("receiving"),
} as const satisfies Readonly<Record<string, MetricShape>>;

function phaseMetric(phase: PhaseName): MetricShape {
  return { kind: "trend", unit: "ms", ...requestTags, isOnDemand: true, phase };
}

export interface Metric {
  /** The canonical name. */
  readonly name: string;
  /** `test` if the test declares and records it. */
  readonly origin: "muster" | "test";
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** The aggregations that a threshold on this metric may use. */
  readonly aggregations: readonly AggregationName[];
  readonly tags: readonly TagName[];
  readonly takesOwnTags: boolean;
  /** Whether it is recorded only if a threshold uses it. */
  readonly isOnDemand: boolean;
  /** Whether workers report it like the metrics that a test records. */
  readonly isScalar: boolean;
  /** The request phase that it measures. */
  readonly phase?: PhaseName;
}

/**
 * k6's names for the same metrics (https://grafana.com/docs/k6/latest/using-k6/metrics/reference/). `iterations`,
 * `dropped_iterations`, `iteration_duration`, `group_duration` and `checks` have the same name in both.
 */
const k6Aliases: Readonly<Record<string, keyof typeof builtIn>> = {
  http_req_duration: "response_time",
  http_reqs: "requests",
  http_req_failed: "failures",
  vus: "users",
  data_received: "bytes_in",
  data_sent: "bytes_out",
  http_req_blocked: "blocked_time",
  http_req_connecting: "connect_time",
  http_req_tls_handshaking: "tls_time",
  http_req_sending: "sending_time",
  http_req_waiting: "waiting_time",
  http_req_receiving: "receiving_time",
  ws_msgs_received: messagesInMetric,
  ws_msgs_sent: messagesOutMetric,
};

const aggregationsOfKind: Readonly<Record<MetricKind, readonly AggregationName[]>> = {
  trend: ["avg", "min", "max", "med", "p", "count"],
  counter: ["count", "rate"],
  rate: ["rate"],
  gauge: ["value", "max"],
};

/** The metrics by name. A Map, not a plain object, so that a metric called "constructor" is unknown like any other. */
const metricsByName = new Map<string, Metric>();
for (const [name, shape] of Object.entries<MetricShape>(builtIn)) {
  const { kind, unit, also = [], tags = [], takesOwnTags = false, isOnDemand = false, isScalar = false, phase } = shape;
  metricsByName.set(name, {
    name,
    origin: "muster",
    kind,
    unit,
    aggregations: [...aggregationsOfKind[kind], ...also],
    tags,
    takesOwnTags,
    isOnDemand,
    isScalar,
    ...(phase === undefined ? {} : { phase }),
  });
}
export const metricNames: readonly string[] = [...metricsByName.keys()];

for (const [alias, name] of Object.entries(k6Aliases)) {
  const metric = metricsByName.get(name);
  if (metric !== undefined) metricsByName.set(alias, metric);
}
/** The canonical names and k6's names, for suggestions. */
export const metricNamesAndAliases: readonly string[] = [...metricsByName.keys()];

/** The metrics that measure the groups of a test: durations with pauses, durations without pauses, and the failed share. */
export const groupMetrics: readonly string[] = ["group_duration", "group_active_time", "group_failures"];

export function isGroupMetric(name: string): boolean {
  return groupMetrics.includes(name);
}

/**
 * The metrics of streamed responses: the time to the first event, the times between events, the whole time of a stream, and
 * the number of events.
 */
export const streamMetrics: readonly string[] = ["first_event", "event_gap", "stream_duration", "stream_events"];

export function isStreamMetric(name: string): boolean {
  return streamMetrics.includes(name);
}

/** Returns the metric with this name or k6 name; undefined if there is none. */
export function findMetric(name: string): Metric | undefined {
  return metricsByName.get(name);
}

/** A metric that a test declares. Its values have no unit. */
export interface DeclaredMetric {
  readonly name: string;
  readonly kind: MetricKind;
}

export function declaredMetric({ name, kind }: DeclaredMetric): Metric {
  const unit = kind === "rate" ? "fraction" : "count";
  const aggregations = [...aggregationsOfKind[kind], ...furtherAggregations(kind)];
  const declared = { origin: "test", tags: [], takesOwnTags: true, isOnDemand: false, isScalar: true } as const;
  return { name, kind, unit, aggregations, ...declared };
}

function furtherAggregations(kind: MetricKind): readonly AggregationName[] {
  return kind === "gauge" ? ["min"] : kind === "rate" ? ["count"] : [];
}

/** Returns the source of an observed metric: the source with the metric's name, or with the part of that name before the first dot. */
export function sourceOfMetric<Source extends { readonly name: string }>(
  sources: readonly Source[],
  metric: string,
): Source | undefined {
  const [first] = metric.split(".");
  return sources.find(({ name }) => name === metric || name === first);
}
