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
}

/** What a selector narrows a metric by, beside the tags that a test gives its requests. */
export type TagName = "name" | "method" | "scenario" | "class" | "status" | "check";

const ofRequest: readonly TagName[] = ["name", "method", "scenario", "class", "status"];

/** What muster measures by itself; DESIGN: verdict. The rates of counters are per second. */
const builtIn = {
  response_time: { kind: "trend", unit: "ms", tags: ofRequest },
  service_time: { kind: "trend", unit: "ms", tags: ofRequest },
  schedule_lag: { kind: "trend", unit: "ms" },
  requests: { kind: "counter", unit: "count", tags: ofRequest },
  iterations: { kind: "counter", unit: "count" },
  dropped_iterations: { kind: "counter", unit: "count" },
  failed_iterations: { kind: "rate", unit: "fraction", also: ["count"] },
  failures: { kind: "rate", unit: "fraction", also: ["count"], tags: ofRequest },
  checks: { kind: "rate", unit: "fraction", tags: ["check"] },
  users: { kind: "gauge", unit: "count" },
  bytes_in: { kind: "counter", unit: "bytes", tags: ofRequest },
  bytes_out: { kind: "counter", unit: "bytes", tags: ofRequest },
} as const satisfies Readonly<Record<string, MetricShape>>;

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
}

/**
 * k6's names for the same things (https://grafana.com/docs/k6/latest/using-k6/metrics/reference/). `iterations`,
 * `dropped_iterations` and `checks` are spelt alike. `http_req_waiting` has no alias: it is a phase of a request.
 */
const k6Aliases: Readonly<Record<string, keyof typeof builtIn>> = {
  http_req_duration: "response_time",
  http_reqs: "requests",
  http_req_failed: "failures",
  vus: "users",
  data_received: "bytes_in",
  data_sent: "bytes_out",
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
  const { kind, unit, also = [], tags = [] } = shape;
  metricsByName.set(name, {
    name,
    origin: "muster",
    kind,
    unit,
    aggregations: [...aggregationsOfKind[kind], ...also],
    tags,
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
  return { name, origin: "test", kind, unit, aggregations: [...aggregationsOfKind[kind], ...alsoOf(kind)], tags: [] };
}

function alsoOf(kind: MetricKind): readonly AggregationName[] {
  return kind === "gauge" ? ["min"] : kind === "rate" ? ["count"] : [];
}
