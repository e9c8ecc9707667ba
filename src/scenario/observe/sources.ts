/** What the values of a source are, and when they are read. */
export interface ObserveOptions {
  /** The time between two readings, at least "1s"; default "5s". */
  readonly every?: string;
  /** The longest time that a reading may take; default: that of `every`, at most "10s". */
  readonly timeout?: string;
  /** The unit of the values, for charts and tables: "bytes", "ms", "%". */
  readonly unit?: string;
  /**
   * Whether the source gives counters, of which the increase per second is observed; default false. The first reading then has
   * no value, nor has one in which a counter is lower than before.
   */
  readonly rate?: boolean;
  /**
   * Whether a soak fails if the values keep rising (of what is free: falling). Default: whether the name, the unit or the
   * sample is one of memory, connections, queues and the like.
   */
  readonly leak?: boolean;
}

/** What a source over HTTP needs. Credentials are those of the URL, or a header; nothing of either is shown or stored. */
export interface ObserveRequest extends ObserveOptions {
  /** "http://" or "https://". `allowedHosts` does not apply: it is not loaded. Addresses of metadata are refused. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the values of several series become one. */
export const seriesAggregates = ["sum", "avg", "min", "max"] as const;
export type SeriesAggregate = (typeof seriesAggregates)[number];

export interface PrometheusOptions extends ObserveRequest {
  /** The name of a sample: "process_resident_memory_bytes", "http_requests_total", "http_duration_seconds_count". */
  readonly metric: string;
  /** Only series with all of these labels are read; default: all series of the metric. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Required if several series match. With `rate`, it is the rate of what they are together. */
  readonly aggregate?: SeriesAggregate;
}

export interface PromqlOptions extends ObserveRequest {
  /** A query with one value: "sum(rate(node_cpu_seconds_total{mode!='idle'}[1m]))". */
  readonly query: string;
}

export interface JsonOptions extends ObserveRequest {
  /** Where the number is in the document: "queue.length", "workers.0.memory". */
  readonly path: string;
}

/** The numbers that a reading gives: one, or several by name. A null is a value that there is not now. */
export type Observation = number | null | Readonly<Record<string, number | null | undefined>>;

/** What a function that observes gets. */
export interface ObserveContext {
  /** Aborted when the reading has timed out, and when the load has ended. */
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly profile: string;
}

/** Reads the service, on the master. What it throws is counted as a failed reading, and said. */
export type ObserveFunction = (context: ObserveContext) => Observation | Promise<Observation>;

export type ObservedSourceDefinition =
  | (PrometheusOptions & { readonly kind: "prometheus" })
  | (PromqlOptions & { readonly kind: "promql" })
  | (JsonOptions & { readonly kind: "json" })
  | (ObserveOptions & { readonly kind: "function"; readonly read: ObserveFunction });

/** The sources of observed metrics by name, read on the master while the load runs. */
export type ObserveDefinitions = Readonly<Record<string, ObserveFunction | ObservedSourceDefinition>>;

/** Observes a metric that a service exposes in Prometheus's text format, usually at `/metrics`. */
export function prometheus(options: PrometheusOptions): ObservedSourceDefinition {
  return { kind: "prometheus", ...options };
}

/** Observes the value of a query to a Prometheus server; `url` is that of the server, without `/api/v1/query`. */
export function promql(options: PromqlOptions): ObservedSourceDefinition {
  return { kind: "promql", ...options };
}

/** Observes a number in a JSON document. */
export function json(options: JsonOptions): ObservedSourceDefinition {
  return { kind: "json", ...options };
}

/** Observes what a function returns, with options; a function without options needs no `observed`. */
export function observed(read: ObserveFunction, options: ObserveOptions = {}): ObservedSourceDefinition {
  return { kind: "function", read, ...options };
}
