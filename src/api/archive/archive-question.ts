import type { Result } from "../../report/result/result-schema.ts";
import type { ResultSection, RunFile } from "../contract/runs.ts";

/** The result so far of an active run; the store does not have it. */
export interface RunningResult {
  readonly id: string;
  readonly result: Result;
  /** The time up to which all workers have reported, in ms since the start of the run. */
  readonly wholeToMs: number;
}

/** A query of stored runs. `live` is the result of the active run; null if there is none. */
export type ArchiveQuestion =
  /** The newest runs first, as a JSON array of `RunRow`. */
  | { readonly kind: "runs"; readonly limit: number; readonly live: RunningResult | null }
  /** The history of each test and profile among the newest runs, as a JSON array of `TestTrend`. */
  | { readonly kind: "trends"; readonly limit: number; readonly live: RunningResult | null }
  /** A result or one section of it, as JSON. */
  | {
      readonly kind: "result";
      readonly id: string;
      readonly section: ResultSection | null;
      readonly live: RunningResult | null;
    }
  /** The model of a report, as JSON of `RunReport`; `maxWindows` null for all windows. */
  | {
      readonly kind: "report";
      readonly id: string;
      readonly maxWindows: number | null;
      readonly live: RunningResult | null;
    }
  /** A report file. */
  | { readonly kind: "file"; readonly id: string; readonly file: RunFile; readonly live: RunningResult | null }
  /** A comparison of two runs, as JSON of `muster-comparison/1`. */
  | { readonly kind: "compare"; readonly before: string; readonly after: string };
