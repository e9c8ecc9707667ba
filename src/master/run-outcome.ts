import type { SearchRecord } from "../analysis/capacity/capacity-result.ts";
import type { Ending, RunEvent, StrainPolicy } from "../core/run.ts";
import type { ResolvedRun } from "../scenario/resolve/resolve.ts";
import type { CarriedLoad } from "./generator-run.ts";
import type { Collector } from "./record/collector.ts";

export interface WorkerOutcome {
  readonly number: number;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Virtual users assigned to it. */
  readonly users: number;
  readonly requests: number;
  /** Null when it stayed; else why it was lost. */
  readonly lostBecause: string | null;
  /** How late its first user could start, in ms; null when it never started. */
  readonly startSkewMs: number | null;
}

/** What a run left, for the report. */
export interface RunOutcome {
  readonly runId: string;
  readonly testName: string;
  readonly resolved: ResolvedRun;
  readonly seed: number;
  readonly startedAt: Date;
  /** From the first virtual user's start to the end of the last; 0 when it never started. */
  readonly durationMs: number;
  readonly ending: Ending;
  readonly collector: Collector;
  readonly load: CarriedLoad;
  readonly onWorkerStrain: StrainPolicy;
  readonly workers: readonly WorkerOutcome[];
  /** Things that a reader must know and that do not change the verdict. */
  readonly warnings: readonly string[];
  /** In the order of time. */
  readonly events: readonly RunEvent[];
  /** How far the search came; null when the load was none, or never began. */
  readonly search: SearchRecord | null;
}
