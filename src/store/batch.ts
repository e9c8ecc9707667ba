import type { HealthWindow } from "../stats/health-sample.ts";
import type { RunTotals } from "../stats/run-totals.ts";
import type { UsersBySecond } from "../stats/users-by-second.ts";
import type { RunChange } from "./run-record.ts";

/** What a batch of reports adds to one window of a run. */
export interface WindowDelta {
  /** Whole seconds, in ms since the start of the run, as the width. */
  readonly startMs: number;
  readonly widthMs: number;
  readonly totals: RunTotals;
  readonly users: UsersBySecond;
}

export interface WorkerRecord {
  /** From 1 within the run. */
  readonly number: number;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Up to here its reports are in the store. */
  readonly lastSequence: number;
  /** Whatever else must be known of it: JSON. */
  readonly facts: unknown;
}

export interface EventRecord {
  readonly atMs: number;
  readonly kind: string;
  /** One line for a person. */
  readonly text: string;
}

/** Something that steered the load. */
export interface ControlRecord {
  readonly atMs: number;
  /** JSON. */
  readonly operation: unknown;
}

/** Reports that are not in the store. */
export interface MissingRecord {
  /** The worker's number. */
  readonly worker: number;
  readonly firstSequence: number;
  /** Null when nobody knows how many there were. */
  readonly lastSequence: number | null;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LedgerRecord {
  readonly reports: number;
  readonly duplicates: number;
  readonly missing: readonly MissingRecord[];
}

/** What is committed together: all of it or nothing. */
export interface Batch {
  /** At most one for the same time. */
  readonly windows?: readonly WindowDelta[];
  readonly health?: readonly HealthWindow[];
  /** Those that are new or have changed. */
  readonly workers?: readonly WorkerRecord[];
  /** New ones, in their order. */
  readonly events?: readonly EventRecord[];
  /** New ones, in their order. */
  readonly controls?: readonly ControlRecord[];
  /** The whole ledger as it stands. */
  readonly ledger?: LedgerRecord;
  readonly run?: RunChange;
}
