import type { HealthWindow } from "../stats/health-sample.ts";
import type { Window } from "../stats/windows.ts";
import type { RunChange } from "./run-record.ts";

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
  /** What is added to the windows of the run: at most one addition for the same time. */
  readonly windows?: readonly Window[];
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
