import type { SearchRecord } from "../analysis/capacity/capacity-result.ts";
import type { StrainPolicy } from "../analysis/health/generator-health.ts";
import type { ResolvedRun } from "../scenario/resolve.ts";
import type { Collector } from "./collector.ts";
import type { CarriedLoad } from "./generator-run.ts";
import type { RunEvent } from "./run-event.ts";

/** Why a run ended. */
export type Ending =
  /** The plan was carried out. */
  | { readonly kind: "completed" }
  | { readonly kind: "signalled"; readonly signal: string }
  /** A threshold that says so did not hold. */
  | { readonly kind: "threshold-breached"; readonly message: string }
  /** The service was seen to drift, and the profile says that this ends the run. */
  | { readonly kind: "drifting"; readonly message: string }
  /** Something in muster threw that never should. */
  | { readonly kind: "defect"; readonly message: string }
  /** Another master has taken up the run. */
  | { readonly kind: "superseded"; readonly message: string }
  | { readonly kind: "too-few-workers"; readonly message: string }
  /** The plan was carried out, but not whole. */
  | { readonly kind: "workers-lost"; readonly message: string }
  | { readonly kind: "test-code-threw"; readonly message: string };

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
