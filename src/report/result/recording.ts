import type { HealthWindow } from "../../stats/health-sample.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import type { ControlRecord, EventRecord, LedgerRecord, WorkerRecord } from "../../store/batch.ts";
import type { RunRecord } from "../../store/run-record.ts";

/** A run as the store keeps it, without what was measured. */
export type RecordedRun = Omit<RunRecord, "bundleHash" | "name" | "tags" | "specification" | "setup">;

/** What was measured in a run, as the store keeps it: `RunReader`, or nothing of a run that never began. */
export interface Recording {
  totals(): RunTotals;
  /** In the order of time, none overlapping another; where nothing happened there is none. */
  windows(): Iterable<StoredWindow>;
  /** How the workers did, in the order of time. */
  health(): Iterable<HealthWindow>;
  workers(): readonly Omit<WorkerRecord, "lastSequence">[];
  /** What steered the load, in its order. */
  controls(): readonly ControlRecord[];
  events(): readonly EventRecord[];
  ledger(): LedgerRecord;
}
