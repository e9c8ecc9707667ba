import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { LoadProgress } from "../../stats/interval-report.ts";
import type { RunningUser } from "../user/running-user.ts";

/** Carries out this worker's share of one scenario. */
export interface Executor {
  /** Resolves when no virtual user runs and none will start again. */
  readonly finished: Promise<void>;
  /** How much of this worker's share of the load has been made so far. */
  readonly progress: Omit<LoadProgress, "scenario">;
  start(): void;
  /**
   * Applies a new specification of the scenario.
   * @throws TypeError if the kind of its load has changed
   */
  update(spec: ScenarioSpec): void;
  /** Starts no new iterations until `update` or `release` is called. */
  hold(): void;
  release(): void;
  /**
   * Starts no new iterations; running ones are interrupted after `stopTimeoutMs`. A later call can only shorten this time.
   */
  stop(stopTimeoutMs: number): void;
}

export interface ExecutorContext {
  /** Milliseconds since the start of the run, on the master's clock. */
  readonly nowMs: () => number;
  /** Creates the virtual user `index` of the scenario, with the class number `classNumber`. */
  readonly createUser: (index: number, classNumber: number) => RunningUser;
  /** Called when a user from `createUser` has ended. */
  readonly userEnded: (user: RunningUser) => void;
  readonly recorder: IntervalRecorder;
  /** The time that iterations have to finish at the scenario's own end, in ms. */
  readonly stopTimeoutMs: number;
  /** The seed of the run, and the number of this worker in it: for random arrivals. */
  readonly seed: number;
  readonly worker: number;
}

export function kindChanged({ id, kind }: ScenarioSpec): TypeError {
  return new TypeError(`scenario ${id} cannot become ${kind}`);
}
