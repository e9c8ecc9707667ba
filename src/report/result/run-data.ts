import type { SearchRecord } from "../../analysis/capacity/capacity-result.ts";
import { cutShortIn } from "../../analysis/cut-short.ts";
import type { Unended } from "../../analysis/early-end.ts";
import type { WorkerHealth } from "../../analysis/health/generator-run.ts";
import type { ScenarioLoad } from "../../analysis/load/scenario-load.ts";
import { unmadeLoad } from "../../analysis/load/unmade-load.ts";
import type { RunMeasurements } from "../../analysis/metric-source.ts";
import type { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import { pausesIn, type UnjudgedTime } from "../../analysis/unjudged-time.ts";
import type { Steering } from "../../core/plan/steering.ts";
import type { Ending } from "../../core/run.ts";
import type { Observed } from "../../stats/observed-series.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import type { EventRecord, LedgerRecord } from "../../store/batch.ts";
import type { LifecycleRequest } from "./lifecycle-schema.ts";
import type { RunFacts } from "./run-facts.ts";

/**
 * All data from which the result of a run is computed. A master builds it from memory, a report from the store;
 * `resultOf` computes the same result from both. All times are ms since the start of the run.
 */
export interface RunData {
  readonly id: string;
  readonly testName: string;
  readonly profile: string;
  readonly host: string;
  /** When the first virtual user started or, if the load never began, when the run was created. ISO 8601. */
  readonly startedAt: string;
  readonly facts: ResultFacts;
  readonly ending: Ending | Unended;
  /** The time from the start of the first virtual user to the end of the last, or so far; 0 if the load never began. */
  readonly durationMs: number;
  /**
   * The duration of the load, without pauses and without the time in which the last iterations finished: rates are over
   * this time. Null if the rates are over the whole duration: for runs from older versions, and for a stored run without
   * pauses that has not ended.
   */
  readonly loadMs: number | null;
  /** When the load ended; iterations may have continued after that. */
  readonly loadEndedMs: number;
  /** The planned and the generated load of each scenario up to that time; null if it is not known. */
  readonly load: readonly ScenarioLoad[] | null;
  /** The changes that users made to the load while it ran, in order. */
  readonly steering: readonly Steering[];
  readonly totals: RunTotals;
  readonly users: UserCounts;
  /** Judges the thresholds on parts of the run. */
  readonly spans: Pick<ThresholdSpans, "final">;
  /** The health of the workers by number, ascending; without workers that never reported their health. */
  readonly health: ReadonlyMap<number, WorkerHealth>;
  /** The workers in the order in which they joined. */
  readonly workers: readonly WorkerData[];
  readonly ledger: LedgerRecord;
  /** The data sources in the order of their names. */
  readonly data: readonly DataUse[];
  /** The permits for requests that were used, or may have been used; 0 for a run without limits on requests. */
  readonly permitsUsed: number;
  readonly events: readonly EventRecord[];
  /** The observed metrics of the service. */
  readonly observed: Observed;
  /** Warnings that do not change the verdict, as the master recorded them. */
  readonly warnings: readonly string[];
  /** The requests of setup and teardown. */
  readonly lifecycleRequests: readonly LifecycleRequest[];
  /** The search; null if the load is not a search, or never began. */
  readonly search: SearchRecord | null;
  /** The windows in order of time. Null if analyses of windows are to be left out, or the windows are lost. */
  readonly windows: (() => Iterable<StoredWindow>) | null;
  /** True if the analyses of windows that the run requested cannot be made; default false. */
  readonly areWindowsLost?: boolean;
}

/** The facts that are known before the run and that a result needs. The version is that of the master that ended the run. */
export type ResultFacts = Pick<
  RunFacts,
  | "musterVersion"
  | "seed"
  | "onWorkerStrain"
  | "onWorkerLoss"
  | "stallLimitMs"
  | "unverified"
  | "thresholds"
  | "asked"
  | "plan"
  | "plans"
  | "steadyFromMs"
  | "classes"
  | "cost"
>;

/** Virtual users that ran at the same time, summed over all workers. */
export interface UserCounts {
  /** The number in the last second with a report. */
  readonly latest: number;
  readonly peak: number;
  /** The peak of each class. The classes can have their peaks at different times. */
  readonly peakByClass: ReadonlyMap<string, number>;
}

export interface WorkerData {
  readonly number: number;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** The number of virtual users assigned to the worker. */
  readonly users: number;
  readonly requests: number;
  /** Why the worker was lost; null if it stayed until the end. */
  readonly lostBecause: string | null;
  /** How late its first virtual user could start; null if it never started. */
  readonly startSkewMs: number | null;
}

/** The use of the rows of a data source. For rows that are used once, the numbers add up to all rows. */
export interface DataUse {
  readonly name: string;
  readonly rows: number;
  /** Whether each row is used once in the run. */
  readonly isOnce: boolean;
  /** Rows that users took and did not give back. For rows that are used again: how many times a row was taken. */
  readonly used: number;
  /** Rows that no worker holds; 0 for rows that are used again. */
  readonly unused: number;
  /** Rows that workers hold. After the run these workers are gone, and may have used the rows. 0 for rows that are used again. */
  readonly uncertain: number;
}

/** Returns the measurements that the thresholds of a run are checked against. */
export function measurementsOf(data: RunData): RunMeasurements {
  const { totals, durationMs, loadMs, users, load, loadEndedMs, facts, events } = data;
  const isSearch = facts.asked !== null && facts.asked.search !== null;
  const measured = {
    totals,
    durationMs: loadMs ?? durationMs,
    ...(loadMs === null ? {} : { pauses: pausesUntil(durationMs, events) }),
    users: users.latest,
    peakUsers: users.peak,
    cutShort: cutShortIn(events),
    unmade: unmadeLoad({ load: isSearch ? null : load, events, classes: facts.classes, toMs: loadEndedMs }),
  };
  // Spikes and searches ask for more load than can be generated, and report that themselves.
  const goesBeyond = isSearch || (facts.asked !== null && facts.asked.spike !== null);
  return load === null || goesBeyond ? measured : { ...measured, load };
}

function pausesUntil(endMs: number, events: RunData["events"]): UnjudgedTime[] {
  return pausesIn(events).map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, endMs) }));
}
