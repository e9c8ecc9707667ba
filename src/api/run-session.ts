import type { Master } from "../master/master.ts";
import type { IdleWorker } from "../master/workers/idle-workers.ts";
import type { Result } from "../report/result/result-schema.ts";
import type { ResolvedRun } from "../scenario/resolve/resolve.ts";
import type { RunTotals } from "../stats/run-totals.ts";
import type { PlanPreview, StartForm, TestFacts } from "./contract/session.ts";

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
