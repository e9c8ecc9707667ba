/** How one endpoint fared in each of several stretches of time; all arrays have an entry for each. */
export interface FigureColumns {
  readonly requests: readonly number[];
  readonly failures: readonly number[];
  /** Of the response time; null where there was no request. */
  readonly p50Ms: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
}

/** One endpoint over a whole run, and in each of its sections. */
export interface ComparedEndpoint {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  /** Null when it is not known which requests failed. */
  readonly failures: number | null;
  /** Null without a request. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly sections: FigureColumns;
}

/** What a comparison needs to know of a run. */
export interface ComparedRun {
  /** The duration is null when it is not known. */
  readonly run: { readonly durationMs: number | null };
  /** The lengths of the sections, which cover the run one after another; none when it was too short to have any. */
  readonly sectionMs: readonly number[];
  /** Why there are no sections, when not for the length of the run. */
  readonly noSections?: string;
  readonly total: ComparedEndpoint;
  readonly endpoints: readonly ComparedEndpoint[];
}
