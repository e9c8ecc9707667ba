/** The figures of one endpoint in several sections of a run; all arrays have one entry per section. */
export interface FigureColumns {
  readonly requests: readonly number[];
  readonly failures: readonly number[];
  /** The median response time; null for a section without requests. */
  readonly p50Ms: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
}

/** The figures of one endpoint over a whole run and in each of its sections. */
export interface ComparedEndpoint {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  /** The number of failed requests; null if it is not known. */
  readonly failures: number | null;
  /** The median response time; null without requests. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly sections: FigureColumns;
}

/** The data of a run that a comparison needs. */
export interface ComparedRun {
  /** The run; the duration is null if it is not known. */
  readonly run: { readonly durationMs: number | null };
  /** The lengths of the consecutive sections of the run in ms; empty if the run was too short. */
  readonly sectionMs: readonly number[];
  /** The reason why there are no sections, other than that the run was too short. */
  readonly noSections?: string;
  readonly total: ComparedEndpoint;
  readonly endpoints: readonly ComparedEndpoint[];
}
