/** One value of an observed metric. `atMs` is ms since the start of the run, when the reading had ended. */
export interface ObservedSample {
  readonly atMs: number;
  /** Finite, in the unit of the series. */
  readonly value: number;
}

/** The values of one observed metric, which a source of `observe` gave under one name, in order of time. */
export interface ObservedSeries {
  /** The name of the source, or `source.key` of a source that gives several values. */
  readonly name: string;
  /** The name of the source. */
  readonly source: string;
  /** The unit of the values that the test states, such as "bytes"; null if it states none. */
  readonly unit: string | null;
  readonly samples: readonly ObservedSample[];
}

/** How a source of observed metrics is read. */
export const observedKinds = ["prometheus", "promql", "json", "function"] as const;

export type ObservedKind = (typeof observedKinds)[number];

/** One source of `observe`, and the results of its readings. */
export interface ObservedSource {
  readonly name: string;
  readonly kind: ObservedKind;
  /** The target that is read, without credentials: "jobs_queue_length of http://10.0.0.7:9090/metrics"; null for a function. */
  readonly target: string | null;
  /** The time between the starts of two readings, in ms. */
  readonly everyMs: number;
  /** The number of readings that have ended, including failed ones. */
  readonly readings: number;
  /** The number of readings that gave no usable value. */
  readonly failures: number;
  /** The last failed reading; null if no reading has failed. */
  readonly lastFailure: { readonly atMs: number; readonly text: string } | null;
}

/** The metrics that were observed of the service during a run. Empty for a test that observes nothing. */
export interface Observed {
  /** The sources, in the order of the test. */
  readonly sources: readonly ObservedSource[];
  /** The series, in the order of their sources, then of their first values. */
  readonly series: readonly ObservedSeries[];
}

export const nothingObserved: Observed = { sources: [], series: [] };
