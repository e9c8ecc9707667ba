import type { Result } from "../report/result/result-schema.ts";
import type { ResultSection, RunFile } from "./contract/runs.ts";

/** Of a run that goes on: its result as it stands, which the store does not have. */
export interface LiveResult {
  readonly id: string;
  readonly result: Result;
  /** Up to here all its workers have reported, in ms since its start. */
  readonly wholeToMs: number;
}

export type ArchiveQuestion =
  /** The newest first, as a JSON array of `RunRow`. */
  | { readonly kind: "runs"; readonly limit: number; readonly live: LiveResult | null }
  /** As JSON, whole or a part of it. */
  | {
      readonly kind: "result";
      readonly id: string;
      readonly section: ResultSection | null;
      readonly live: LiveResult | null;
    }
  /** `RunReport` as JSON. */
  | {
      readonly kind: "report";
      readonly id: string;
      readonly maxWindows: number | null;
      readonly live: LiveResult | null;
    }
  | { readonly kind: "file"; readonly id: string; readonly file: RunFile; readonly live: LiveResult | null }
  /** `muster-comparison/1` as JSON. */
  | { readonly kind: "compare"; readonly before: string; readonly after: string };

/** Answers what is asked of stored runs, without holding up the run that goes on. */
export interface Archive {
  /** @throws MusterError what is wrong with the question, or the store. */
  ask(question: ArchiveQuestion): Promise<Uint8Array<ArrayBuffer>>;
}
