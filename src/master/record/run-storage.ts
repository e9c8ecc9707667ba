import type { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import type { Ending, RunEvent, RunPhase } from "../../core/run.ts";
import type { HealthWindow, WorkerHealthFacts } from "../../stats/health-sample.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { WindowSeries } from "../../stats/window-series.ts";
import type { ControlLog } from "../load/operation.ts";
import type { WorkerFacts, WorkerIdentity } from "../worker-state.ts";
import type { LifecycleRequests } from "./collector.ts";
import type { JournalEntry } from "./journal.ts";
import type { Ledger } from "./ledger.ts";

/** A worker as it is kept. */
export interface WorkerRecord extends WorkerIdentity, WorkerFacts, WorkerHealthFacts {
  readonly number: number;
}

/** What a run's state is made of, beside what its journal adds up. */
export interface RunState {
  readonly phase: RunPhase;
  /** On the wall clock, ISO 8601; null before the load. */
  readonly startedAt: string | null;
  /** The workers that the load began with. */
  readonly starters: readonly number[];
  readonly setup: Record<string, unknown>;
  /** It was told to end before its plan: by a signal … */
  readonly signal: string | null;
  /** … or for another reason; a null ending is its user's wish. */
  readonly endedEarly: { readonly ending: Ending | null } | null;
  /** Gone workers whose part of the load nobody could take over. */
  readonly notTakenOver: readonly number[];
  /** The virtual users that each worker has at the most. */
  readonly workerUsers: readonly (readonly [worker: number, users: number])[];
  readonly lifecycleRequests: readonly LifecycleRequests[];
  readonly warnings: readonly string[];
}

/** What is new of a run. */
export interface RunAddition extends JournalEntry {
  /** Those of whom something is different. */
  readonly workers: readonly WorkerRecord[];
  readonly ledger: Ledger;
  /** Null when it is as it was. */
  readonly state: RunState | null;
}

/** Where a run is kept. */
export interface RunStorage {
  /** All of it is durable when this returns, and nothing when it throws. */
  save(addition: RunAddition): void;
  /** Whether what was thrown may pass by itself. */
  isPassing(error: unknown): boolean;
  /** Whether it says that another master carries out the run now. */
  isTaken(error: unknown): boolean;
}

/** A run as its record has it. */
export interface RestoredRun {
  readonly state: RunState;
  readonly totals: RunTotals;
  readonly windows: WindowSeries;
  readonly health: readonly HealthWindow[];
  readonly ledger: Ledger;
  readonly spans: ThresholdSpans;
  readonly workers: readonly WorkerRecord[];
  readonly events: readonly RunEvent[];
  readonly control: ControlLog;
  /** The end of the last window that was reported, in ms since the start. */
  readonly reportedToMs: number;
}
