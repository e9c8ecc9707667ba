import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { LoadProgress } from "../../stats/interval-report.ts";
import type { RunningUser } from "../user/running-user.ts";

/** Carries out this worker's share of one scenario. */
export interface Executor {
  /** Resolves when no virtual user runs and none will start again. */
  readonly finished: Promise<void>;
  /** How much of its part of the load it has made so far. */
  readonly progress: Omit<LoadProgress, "scenario">;
  start(): void;
  /**
   * Applies a new specification of the scenario.
   * @throws TypeError when it is of another kind
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
  /** A user made by `createUser` has ended. */
  readonly userEnded: (user: RunningUser) => void;
  readonly recorder: IntervalRecorder;
  /** At the scenario's own end. */
  readonly stopTimeoutMs: number;
  /** For random arrivals: the run's, and this worker's own number in it. */
  readonly seed: number;
  readonly worker: number;
}

export function kindChanged({ id, kind }: ScenarioSpec): TypeError {
  return new TypeError(`scenario ${id} cannot become ${kind}`);
}
