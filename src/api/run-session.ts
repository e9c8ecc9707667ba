import type { Master } from "../master/master.ts";
import type { IdleWorker } from "../master/workers/idle-workers.ts";
import type { ClassFacts, PlanColumns } from "../report/page/model.ts";
import type { Result } from "../report/result/result-schema.ts";
import type { ClassShareDefinition } from "../scenario/definition/define.ts";
import type { ResolvedRun } from "../scenario/resolve/resolve.ts";
import type { RunTotals } from "../stats/run-totals.ts";

/** What a person may set before a run; what is left out is the profile's. */
export interface StartForm {
  readonly profile?: string;
  readonly users?: number;
  /** Users per second. */
  readonly spawnRate?: number;
  /** Iterations per second: makes the load an open one. */
  readonly ratePerSecond?: number;
  readonly durationMs?: number;
  readonly host?: string;
  /** Weights or fixed counts in place of those of the profile; 0 leaves a class out. */
  readonly classes?: Readonly<Record<string, ClassShareDefinition>>;
}

export interface ProfileFacts {
  readonly name: string;
  /** "several" when it has more than one scenario. */
  readonly kind: ResolvedRun["scenarios"][number]["load"]["kind"] | "several";
  /** The most users that are planned; null when nobody knows (a shape), or none are (an open load). */
  readonly users: number | null;
  /** Of a load that starts users evenly, per second; else null. */
  readonly spawnRate: number | null;
  /** The highest rate that is planned; null without an open load. */
  readonly ratePerSecond: number | null;
  /** Null when that is open. */
  readonly durationMs: number | null;
  /** In the order of the test. */
  readonly classes: readonly ClassChoice[];
}

export interface ClassChoice {
  readonly name: string;
  readonly weight: number;
  readonly fixedCount: number | null;
}

/** What the test offers. */
export interface TestFacts {
  readonly test: string;
  /** Null when the test says none. */
  readonly host: string | null;
  /** That of the form when nobody chooses. */
  readonly profile: string;
  readonly profiles: readonly ProfileFacts[];
}

/** What a run would be. */
export interface PlanPreview {
  readonly profile: string;
  readonly host: string;
  readonly durationMs: number | null;
  readonly peakUsers: number | null;
  readonly peakRatePerSecond: number | null;
  readonly plan: PlanColumns;
  readonly classes: readonly ClassFacts[];
  /** What a run of it has to hold; of a search, each of its trials. */
  readonly thresholds: readonly string[];
  /** Of a search for the capacity, in a few words what it tries, as nobody knows its load; null for any other. */
  readonly search: string | null;
}

/** A run of this process. */
export interface CurrentRun {
  readonly id: string;
  readonly test: string;
  readonly resolved: ResolvedRun;
  readonly master: Master;
  /** Null while it goes on. */
  readonly result: Result | null;
}

/** What the API is the outside of: a process that carries out one run after the other. */
export interface RunSession {
  readonly version: string;
  readonly expectWorkers: number;
  /** Where the store is. */
  readonly dataFolder: string;
  readonly facts: TestFacts;
  /** The run that goes on, or else the last one; null before the first. */
  readonly current: CurrentRun | null;
  /** Those that no run has. */
  readonly waitingWorkers: readonly IdleWorker[];
  /** @throws MusterError when the form does not fit the test. */
  preview(form: StartForm): Promise<PlanPreview>;
  /**
   * Begins a run.
   * @returns its id
   * @throws MusterError when the form does not fit the test; RunActiveError
   */
  start(form: StartForm): Promise<string>;
  /** The result as it stands; of a run that is over, as it was written. */
  resultOf(run: CurrentRun): Result;
  /** What it would be of these totals, which were measured from `atMs` on. */
  resultSince(run: CurrentRun, since: { readonly atMs: number; readonly totals: RunTotals }): Result;
}
