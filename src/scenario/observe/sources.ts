/** Options of a source: what its values are, and when they are read. */
export interface ObserveOptions {
  /** The time between two readings, at least "1s"; default "5s". */
  readonly every?: string;
  /** The longest time that a reading may take; default: the value of `every`, at most "10s". */
  readonly timeout?: string;
  /** The unit of the values, for charts and tables: "bytes", "ms", "%". */
  readonly unit?: string;
  /**
   * Whether the values are counters, whose increase per second is observed; default false. The first reading then has no
   * value, nor does a reading in which a counter is lower than before.
   */
  readonly rate?: boolean;
  /**
   * Whether a soak fails if the values keep rising (or keep falling, for free resources). Default: true if the name, the unit
   * or the name of the sample that is read has a word such as memory, connections or queue, and the values are not a counter.
   */
  readonly leak?: boolean;
}

/** The request of a source over HTTP. Credentials can be in the URL or in a header; they are neither shown nor stored. */
export interface ObserveRequest extends ObserveOptions {
  /**
   * The URL to read, with "http://" or "https://". `allowedHosts` does not apply, because no load is sent there. Metadata
   * addresses are refused.
   */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the values of several series are combined into one. */
export const seriesAggregates = ["sum", "avg", "min", "max"] as const;
export type SeriesAggregate = (typeof seriesAggregates)[number];

export interface PrometheusOptions extends ObserveRequest {
  /** The name of a sample: "process_resident_memory_bytes", "http_requests_total", "http_duration_seconds_count". */
  readonly metric: string;
  /** Only series with all of these labels are read; default: all series of the metric. */
  readonly labels?: Readonly<Record<string, string>>;
  /** How matching series are combined; required if several match. With `rate`, the rate of the combined value is observed. */
  readonly aggregate?: SeriesAggregate;
}

export interface PromqlOptions extends ObserveRequest {
  /** A query with one value: "sum(rate(node_cpu_seconds_total{mode!='idle'}[1m]))". */
  readonly query: string;
}

export interface JsonOptions extends ObserveRequest {
  /** The path to the number in the document: "queue.length", "workers.0.memory". */
  readonly path: string;
}

/** The numbers of a reading: one, or several by name. Null means that there is no value now. */
export type Observation = number | null | Readonly<Record<string, number | null | undefined>>;

/** The argument of a function that observes. */
export interface ObserveContext {
  /** A signal that is aborted when the reading has timed out, and when the load has ended. */
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly profile: string;
}

/** Reads the service, on the master. An exception counts as a failed reading, and is reported. */
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

/** Observes the result of a function, with options. A function without options does not need `observed`. */
export function observed(read: ObserveFunction, options: ObserveOptions = {}): ObservedSourceDefinition {
  return { kind: "function", read, ...options };
}
