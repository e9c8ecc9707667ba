import type { ScenarioLoad } from "../../analysis/load/scenario-load.ts";
import type { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import type { Ending, RunEvent, RunPhase } from "../../core/run.ts";
import type { HealthWindow, WorkerHealthFacts } from "../../stats/health-sample.ts";
import type { Observed } from "../../stats/observed-series.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { WindowSeries } from "../../stats/window-series.ts";
import type { ObservedRecords, SharedRecord } from "../../store/batch.ts";
import type { ControlLog, TimedOperation } from "../load/operation.ts";
import type { DoneScenario } from "../load/scenario-times.ts";
import type { StoredFacts, WorkerIdentity } from "../workers/worker-state.ts";
import type { CollectedBatch, LifecycleRequests } from "./collector.ts";
import type { Ledger } from "./ledger.ts";

/** What is stored of a worker. */
export interface StoredWorker extends WorkerIdentity, StoredFacts, WorkerHealthFacts {
  readonly number: number;
}

/** The progress of a run, besides what its batches add up to. */
export interface RunProgress {
  readonly phase: RunPhase;
  /** When the first user started, on the wall clock, ISO 8601; null before the load. */
  readonly startedAt: string | null;
  /** The workers that the load started with. */
  readonly starters: readonly number[];
  readonly setup: Record<string, unknown>;
  /** The signal that stopped the run; null without one. */
  readonly signal: string | null;
  /** Set if the load was ended early, but not by a signal. The ending is null when the user requested it. */
  readonly endedEarly: { readonly ending: Ending | null } | null;
  /** Lost workers whose part of the load no other could take over. */
  readonly notTakenOver: readonly number[];
  /** The counted scenarios whose iterations were all made. */
  readonly done: readonly DoneScenario[];
  /** What was planned and made of each scenario so far; null before the load, and not in runs of earlier versions. */
  readonly load: readonly ScenarioLoad[] | null;
  /** The peak number of virtual users of each worker. */
  readonly workerUsers: readonly (readonly [worker: number, users: number])[];
  readonly lifecycleRequests: readonly LifecycleRequests[];
  readonly warnings: readonly string[];
}

/** Everything of a run that is new since the last commit. */
export interface RunBatch extends CollectedBatch {
  readonly events: readonly RunEvent[];
  readonly operations: readonly TimedOperation[];
  /** What has changed of the values that all workers share. */
  readonly shared: readonly SharedRecord[];
  readonly observed: ObservedRecords;
  /** The workers that have changed. */
  readonly workers: readonly StoredWorker[];
  /** The whole ledger. */
  readonly ledger: Ledger;
  /** Null when it has not changed. */
  readonly state: RunProgress | null;
}

/** Where a run is stored. */
export interface RunStorage {
  /** All of the batch is durable when this returns, and nothing of it when this throws. */
  save(batch: RunBatch): void;
  /** Checks that no other master has written a resumed run since it was read. Throws as `save` does. Writes nothing. */
  check(): void;
  /**
   * Called when `save` has failed for good: stores the run in memory from now on, with what was stored of it before.
   * Returns false if that cannot be read; then nothing more is saved.
   */
  continueInMemory(): boolean;
  /** Whether the error says that another process has locked the store: trying again may help. */
  isLocked(error: unknown): boolean;
  /** Whether the error says that another master has taken over the run. */
  isTaken(error: unknown): boolean;
}

/** A run as it was stored. */
export interface RestoredRun {
  readonly state: RunProgress;
  readonly totals: RunTotals;
  readonly windows: WindowSeries;
  readonly health: readonly HealthWindow[];
  readonly ledger: Ledger;
  readonly spans: ThresholdSpans;
  readonly workers: readonly StoredWorker[];
  readonly events: readonly RunEvent[];
  readonly control: ControlLog;
  /** The values that all workers share, in the order of their scopes and keys. */
  readonly shared: readonly SharedRecord[];
  readonly observed: Observed;
  /** The end of the last window that was reported, in ms since the start. */
  readonly reportedToMs: number;
}
