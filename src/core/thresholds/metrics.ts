import type { PhaseName } from "../request-phase.ts";

export type MetricKind = "trend" | "counter" | "rate" | "gauge";

/** Unit of a metric's values. A `fraction` is 0..1. */
export type MetricUnit = "ms" | "bytes" | "count" | "fraction";

/** An aggregation's name; `p` stands for `p(N)`. */
export type AggregationName = "avg" | "min" | "max" | "med" | "p" | "count" | "rate" | "value";

interface MetricShape {
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** Aggregations beyond those of its kind. */
  readonly also?: readonly AggregationName[];
  /** What a selector can narrow it by; default none. */
  readonly tags?: readonly TagName[];
  /** It can be narrowed by tags of the test's own too. */
  readonly takesOwnTags?: boolean;
  /** It is recorded when a threshold is about it. */
  readonly isOnDemand?: boolean;
  /** Workers report it as they report the metrics of a test: it is rare, and has no place of its own in a report. */
  readonly isScalar?: boolean;
  readonly phase?: PhaseName;
}

/** What a selector narrows a metric by, beside the tags that a test gives by itself. */
export type TagName = "name" | "method" | "scenario" | "class" | "task" | "status" | "check";

const ofRequest = { tags: ["name", "method", "scenario", "class", "status"], takesOwnTags: true } as const;

/** Requests that were sent again because their reused connection turned out to be closed. */
export const reconnectsMetric = "reconnects";

/** What muster measures by itself; DESIGN: verdict. The rates of counters are per second. */
const builtIn = {
  response_time: { kind: "trend", unit: "ms", ...ofRequest },
  service_time: { kind: "trend", unit: "ms", ...ofRequest },
  schedule_lag: { kind: "trend", unit: "ms" },
  requests: { kind: "counter", unit: "count", ...ofRequest },
  iterations: { kind: "counter", unit: "count" },
  dropped_iterations: { kind: "counter", unit: "count" },
  failed_starts: { kind: "counter", unit: "count" },
  failed_iterations: { kind: "rate", unit: "fraction", also: ["count"] },
  failures: { kind: "rate", unit: "fraction", also: ["count"], ...ofRequest },
  checks: { kind: "rate", unit: "fraction", tags: ["check", "scenario", "class"], takesOwnTags: true },
  users: { kind: "gauge", unit: "count" },
  [reconnectsMetric]: { kind: "counter", unit: "count", isScalar: true },
  bytes_in: { kind: "counter", unit: "bytes", ...ofRequest },
  bytes_out: { kind: "counter", unit: "bytes", ...ofRequest },
  iteration_duration: { kind: "trend", unit: "ms", tags: ["scenario", "class", "task"], isOnDemand: true },
  blocked_time: ofPhase("blocked"),
  connect_time: ofPhase("connect"),
  tls_time: ofPhase("tls"),
  sending_time: ofPhase("sending"),
  waiting_time: ofPhase("waiting"),
  receiving_time: ofPhase("receiving"),
} as const satisfies Readonly<Record<string, MetricShape>>;

function ofPhase(phase: PhaseName): MetricShape {
  return { kind: "trend", unit: "ms", ...ofRequest, isOnDemand: true, phase };
}

export interface Metric {
  /** The canonical one. */
  readonly name: string;
  /** `test` when the test declares and records it. */
  readonly origin: "muster" | "test";
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** The aggregations that a threshold on this metric may use. */
  readonly aggregations: readonly AggregationName[];
  readonly tags: readonly TagName[];
  readonly takesOwnTags: boolean;
  /** It is recorded only when a threshold is about it. */
  readonly isOnDemand: boolean;
  /** It is among the metrics that a test records itself. */
  readonly isScalar: boolean;
  /** The phase of a request that it is the time of. */
  readonly phase?: PhaseName;
}

/**
 * k6's names for the same things (https://grafana.com/docs/k6/latest/using-k6/metrics/reference/). `iterations`,
 * `dropped_iterations`, `iteration_duration` and `checks` are spelt alike.
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
};

const aggregationsOfKind: Readonly<Record<MetricKind, readonly AggregationName[]>> = {
  trend: ["avg", "min", "max", "med", "p", "count"],
  counter: ["count", "rate"],
  rate: ["rate"],
  gauge: ["value", "max"],
};

/** Maps, not plain objects, so that a metric called "constructor" is unknown like any other. */
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
/** The canonical names and k6's, for suggestions. */
export const metricNamesAndAliases: readonly string[] = [...metricsByName.keys()];

/** The metric called `name`, which may be k6's name for it; undefined when there is none. */
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
  const aggregations = [...aggregationsOfKind[kind], ...alsoOf(kind)];
  const ofTest = { origin: "test", tags: [], takesOwnTags: true, isOnDemand: false, isScalar: true } as const;
  return { name, kind, unit, aggregations, ...ofTest };
}

function alsoOf(kind: MetricKind): readonly AggregationName[] {
  return kind === "gauge" ? ["min"] : kind === "rate" ? ["count"] : [];
}
