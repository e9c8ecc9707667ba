import type { HealthWindow } from "../stats/health-sample.ts";
import type { ObservedSeries, ObservedSource } from "../stats/observed-series.ts";
import type { Window } from "../stats/windows.ts";
import type { RunChange } from "./run-record.ts";

export interface WorkerRecord {
  /** The number of the worker in the run, from 1. */
  readonly number: number;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** The number of the last report of the worker that is in the store. */
  readonly lastSequence: number;
  /** Other facts about the worker, as JSON. */
  readonly facts: unknown;
}

export interface EventRecord {
  readonly atMs: number;
  readonly kind: string;
  /** A description in one line. */
  readonly text: string;
}

/** A control operation on the load. */
export interface ControlRecord {
  readonly atMs: number;
  /** The operation as JSON. */
  readonly operation: unknown;
}

/**
 * A value that all workers of a run share, such as the rows that a worker holds. The scope is the kind of the value;
 * the key identifies the value within it.
 */
export interface SharedRecord {
  readonly scope: string;
  readonly key: string;
  /** The value as JSON; undefined removes it. */
  readonly value: unknown;
}

/** A range of reports that are missing in the store. */
export interface MissingRecord {
  /** The worker's number. */
  readonly worker: number;
  readonly firstSequence: number;
  /** The last missing report; null if unknown. */
  readonly lastSequence: number | null;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LedgerRecord {
  readonly reports: number;
  readonly duplicates: number;
  readonly missing: readonly MissingRecord[];
}

/** The metrics that were observed of the service since the previous batch. */
export interface ObservedRecords {
  /** New and changed sources in their current state. `position` is the position in the test. */
  readonly sources: readonly (ObservedSource & { readonly position: number })[];
  /** New values, in order of time. */
  readonly series: readonly ObservedSeries[];
}

/** A batch that is committed as a whole or not at all. */
export interface Batch {
  /** Additions to the windows of the run. No two additions overlap. */
  readonly windows?: readonly Window[];
  readonly health?: readonly HealthWindow[];
  /** New and changed workers. */
  readonly workers?: readonly WorkerRecord[];
  /** New events, in order. */
  readonly events?: readonly EventRecord[];
  /** New control operations, in order. */
  readonly controls?: readonly ControlRecord[];
  /** New, changed and removed values; at most one per scope and key. */
  readonly shared?: readonly SharedRecord[];
  readonly observed?: ObservedRecords;
  /** The complete current ledger. */
  readonly ledger?: LedgerRecord;
  readonly run?: RunChange;
}
