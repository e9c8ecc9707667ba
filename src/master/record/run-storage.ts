import type { ScenarioLoad } from "../../analysis/load/scenario-load.ts";
import type { Ending, RunEvent, RunPhase } from "../../core/run.ts";
import type { WorkerHealthFacts } from "../../stats/health-sample.ts";
import type { ObservedRecords, SharedRecord } from "../../store/batch.ts";
import type { TimedOperation } from "../load/operation.ts";
import type { DoneScenario } from "../load/scenario-times.ts";
import type { StoredFacts, WorkerIdentity } from "../workers/worker-state.ts";
import type { CollectedBatch, LifecycleRequests } from "./collector.ts";
import type { Ledger } from "./ledger.ts";

/** The stored state of a worker. */
export interface StoredWorker extends WorkerIdentity, StoredFacts, WorkerHealthFacts {
  readonly number: number;
}

/** The progress of a run, besides the sums of its batches. */
export interface RunProgress {
  readonly phase: RunPhase;
  /** When the first user started, on the wall clock, in ISO 8601; null before the load. */
  readonly startedAt: string | null;
  /** The workers that the load started with. */
  readonly starters: readonly number[];
  readonly setup: Record<string, unknown>;
  /** The signal that stopped the run; null without one. */
  readonly signal: string | null;
  /**
   * Set if the load was ended early, but not by a signal. With a null ending, the verdict is based on what was
   * measured.
   */
  readonly endedEarly: { readonly ending: Ending | null } | null;
  /** Lost workers whose part of the load no other could take over. */
  readonly notTakenOver: readonly number[];
  /** The counted scenarios whose iterations have all started. */
  readonly done: readonly DoneScenario[];
  /** The planned and generated load of each scenario so far; null before the load, and in runs of earlier versions. */
  readonly load: readonly ScenarioLoad[] | null;
  /** The peak number of virtual users of each worker. */
  readonly workerUsers: readonly (readonly [worker: number, users: number])[];
  readonly lifecycleRequests: readonly LifecycleRequests[];
  readonly warnings: readonly string[];
}

/** All changes of a run since the last commit. */
export interface RunBatch extends CollectedBatch {
  readonly events: readonly RunEvent[];
  readonly operations: readonly TimedOperation[];
  /** The changed values among those that all workers share. */
  readonly shared: readonly SharedRecord[];
  readonly observed: ObservedRecords;
  /** The workers that have changed. */
  readonly workers: readonly StoredWorker[];
  /** The whole ledger. */
  readonly ledger: Ledger;
  /** The progress of the run; null if it has not changed. */
  readonly state: RunProgress | null;
}

/** The storage of a run. */
export interface RunStorage {
  /** Stores the batch: all of it is durable when this returns, and nothing of it when this throws. */
  save(batch: RunBatch): void;
  /** Checks that no other master has written a resumed run since it was read. Throws as `save` does. Writes nothing. */
  check(): void;
  /**
   * Keeps the run in memory from now on, including what was stored before. Called when `save` has failed for good.
   * Returns false if what was stored cannot be read; then nothing more is saved.
   */
  continueInMemory(): boolean;
  /** Whether the error means that another process has locked the store, so that a retry may help. */
  isLocked(error: unknown): boolean;
  /** Whether the error means that another master has taken over the run. */
  isTaken(error: unknown): boolean;
}
