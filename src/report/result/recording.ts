import type { HealthWindow } from "../../stats/health-sample.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import type { RunReport } from "../page/model.ts";
import type { Result } from "./result-schema.ts";

/** A run as a store keeps it, without what was measured. Times are ISO 8601. */
export interface RecordedRun {
  readonly id: string;
  readonly state: RunReport["state"];
  readonly testName: string;
  readonly profile: string;
  readonly host: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  /** When its master last wrote it. */
  readonly activeAt: string | null;
  /** `RunFacts` as JSON; null of a run that is older than these. */
  readonly facts: unknown;
  /** As its master needs it to go on: JSON. */
  readonly progress: unknown;
  /** `Result` as JSON; null before there is one. */
  readonly result: unknown;
}

export interface RecordedWorker {
  readonly number: number;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** As its master knows it: JSON. */
  readonly facts: unknown;
}

/** As in a result. */
export interface RecordedLedger {
  readonly reports: number;
  readonly duplicates: number;
  readonly missing: readonly Readonly<Result["ledger"]["missing"][number]>[];
}

/** What was measured in a run, as a store keeps it. */
export interface Recording {
  totals(): RunTotals;
  /** In the order of time, none overlapping another; where nothing happened there is none. */
  windows(): Iterable<StoredWindow>;
  /** How the workers did, in the order of time. */
  health(): Iterable<HealthWindow>;
  workers(): readonly RecordedWorker[];
  /** What steered the load, in its order: JSON. */
  controls(): readonly { readonly atMs: number; readonly operation: unknown }[];
  events(): readonly { readonly atMs: number; readonly kind: string; readonly text: string }[];
  ledger(): RecordedLedger;
}
