import type { SearchRecord } from "../../analysis/capacity/capacity-result.ts";
import type { Unended } from "../../analysis/early-end.ts";
import type { WorkerHealth } from "../../analysis/health/generator-run.ts";
import type { RunMeasurements } from "../../analysis/metric-source.ts";
import type { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import type { Ending } from "../../core/run.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import type { EventRecord, LedgerRecord } from "../../store/batch.ts";
import type { Result } from "./result-schema.ts";
import type { RunFacts } from "./run-facts.ts";

/**
 * Everything that the result of a run is made of. A master makes it of what it holds in memory, a report of what the store
 * keeps; `resultOf` makes the same result of both. All times are ms since the start of the run.
 */
export interface RunData {
  readonly id: string;
  readonly testName: string;
  readonly profile: string;
  readonly host: string;
  /** The start of the first virtual user, or, of a run whose load never began, when the run was created. ISO 8601. */
  readonly startedAt: string;
  readonly facts: ResultFacts;
  readonly ending: Ending | Unended;
  /** From the start of the first virtual user to the end of the last, or so far; 0 when the load never began. */
  readonly durationMs: number;
  /** When the load ended; iterations may have gone on after that. */
  readonly loadEndedMs: number;
  /** Iterations of open loads that were due by then; null when it is not known. */
  readonly dueIterations: number | null;
  readonly totals: RunTotals;
  readonly users: UserCounts;
  /** Judges the thresholds that are about a part of the run. */
  readonly spans: Pick<ThresholdSpans, "final">;
  /** By the worker's number, ascending; without those that never reported their health. */
  readonly health: ReadonlyMap<number, WorkerHealth>;
  /** In the order in which they joined. */
  readonly workers: readonly WorkerData[];
  readonly ledger: LedgerRecord;
  readonly events: readonly EventRecord[];
  /** What a reader must know and what changes no verdict, as the master noted it. */
  readonly warnings: readonly string[];
  readonly lifecycleRequests: readonly Result["lifecycleRequests"][number][];
  /** Null when the load is no search, or never began. */
  readonly search: SearchRecord | null;
  /** In the order of time. Null when the analyses of windows are to be left out, or when the windows are lost. */
  readonly windows: (() => Iterable<StoredWindow>) | null;
  /** Whether analyses of windows that the run asked for cannot be made; default false. */
  readonly areWindowsLost?: boolean;
}

/** What a result needs of what was known before the run began. The version is that of the master that ended it. */
export type ResultFacts = Pick<
  RunFacts,
  "musterVersion" | "seed" | "onWorkerStrain" | "thresholds" | "asked" | "plan" | "steadyFromMs" | "classes"
>;

/** Virtual users that ran at the same time, all workers together. */
export interface UserCounts {
  /** In the last second with a report. */
  readonly latest: number;
  readonly peak: number;
  /** The peak of each class; these need not coincide. */
  readonly peakByClass: ReadonlyMap<string, number>;
}

export interface WorkerData {
  readonly number: number;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Virtual users assigned to it. */
  readonly users: number;
  readonly requests: number;
  /** Null when it stayed to the end. */
  readonly lostBecause: string | null;
  /** How late its first virtual user could start; null when it never started. */
  readonly startSkewMs: number | null;
}

/** What the thresholds of a run are held against. */
export function measurementsOf({ totals, durationMs, users }: RunData): RunMeasurements {
  return { totals, durationMs, users: users.latest, peakUsers: users.peak };
}
