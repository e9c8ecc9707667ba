/** One value of an observed metric. `atMs` is ms since the start of the run, when the reading had ended. */
export interface ObservedSample {
  readonly atMs: number;
  /** Finite, in the unit of the series. */
  readonly value: number;
}

/** The values of one observed metric: what a source of `observe` gave under one name, in order of time. */
export interface ObservedSeries {
  /** The name of the source, or `source.key` of a source that gives several values. */
  readonly name: string;
  /** The name of the source. */
  readonly source: string;
  /** Of the values, as the test says it, such as "bytes"; null if it does not. */
  readonly unit: string | null;
  readonly samples: readonly ObservedSample[];
}

/** How a source of observed metrics is read. */
export const observedKinds = ["prometheus", "promql", "json", "function"] as const;

export type ObservedKind = (typeof observedKinds)[number];

/** One source of `observe`, and what became of its readings. */
export interface ObservedSource {
  readonly name: string;
  readonly kind: ObservedKind;
  /** What is read, without credentials: "jobs_queue_length of http://10.0.0.7:9090/metrics"; null for a function. */
  readonly target: string | null;
  /** The time between the starts of two readings. */
  readonly everyMs: number;
  /** Readings that have ended, failed ones too. */
  readonly readings: number;
  /** Readings that gave no usable value. */
  readonly failures: number;
  /** Null if no reading has failed. */
  readonly lastFailure: { readonly atMs: number; readonly text: string } | null;
}

/** What was observed of the service during a run. Empty for a test that observes nothing. */
export interface Observed {
  /** In the order of the test. */
  readonly sources: readonly ObservedSource[];
  /** In the order of their sources, then of their first values. */
  readonly series: readonly ObservedSeries[];
}

export const nothingObserved: Observed = { sources: [], series: [] };
