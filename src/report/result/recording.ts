import type { HealthWindow } from "../../stats/health-sample.ts";
import type { Observed } from "../../stats/observed-series.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import type { ControlRecord, EventRecord, LedgerRecord, SharedRecord, WorkerRecord } from "../../store/batch.ts";
import type { RunRecord } from "../../store/run-record.ts";

/** The stored facts of a run, without its measurements. */
export type RecordedRun = Omit<RunRecord, "bundleHash" | "name" | "tags" | "specification" | "setup">;

/** The stored measurements of a run: a `RunReader`, or an empty recording if the run never began. */
export interface Recording {
  totals(): RunTotals;
  /** The windows in order of time, without overlap. There are no windows for times without activity. */
  windows(): Iterable<StoredWindow>;
  /** The health of the workers, in order of time. */
  health(): Iterable<HealthWindow>;
  workers(): readonly Omit<WorkerRecord, "lastSequence">[];
  /** The changes to the load during the run, in their order. */
  controls(): readonly ControlRecord[];
  events(): readonly EventRecord[];
  /** The values that all workers share. */
  shared(): readonly SharedRecord[];
  observed(): Observed;
  ledger(): LedgerRecord;
}
