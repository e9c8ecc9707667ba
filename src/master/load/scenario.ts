import type { LoadUnit } from "../../analysis/load/scenario-load.ts";
import type { IdleTime } from "../../core/plan/idle-times.ts";
import type { PlanPause } from "../../core/plan/steered-plan.ts";
import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";

/** The iterations of counted loads that a worker has completed by its last report, by the scenario's id. */
export type CompletedIterations = ReadonlyMap<number, number>;

/** The work that a worker has at one moment, by the current plan. */
export interface DueWork {
  /** The virtual users of a closed load, without the users whose move to the worker is pending. */
  readonly users: number;
  /** The iterations per second of an open load. */
  readonly rate: number;
}

/** One scenario whose load the master controls. Times are in ms since the start of the run. */
export interface ControlledScenario {
  readonly name: string;
  /** When the scenario ends by its current plan; Infinity if the end is open. */
  readonly endMs: number;
  /** The ids of the scenario in messages to and from workers. There are several if work was assigned again. */
  readonly ids: readonly number[];
  /** The unit of its load. */
  readonly unit: LoadUnit;
  /** Whether arrivals are random: the planned number is due only on average. */
  readonly isRandom: boolean;
  /** The times in which it has no load by its plan with all changes, in order. */
  readonly idle: readonly IdleTime[];
  /** The times in which it was paused, in order, each up to when its users had started again. */
  readonly pauses: readonly PlanPause[];
  /**
   * Returns the load that is planned before `atMs`, in `unit`, by the plan with all changes.
   * @param isOver whether the load has reached the end of its plan
   * @returns null when a part of the load has no deadline
   */
  plannedBefore(atMs: number, isOver: boolean): number | null;
  /** Returns what the worker has to do from now on; null if it has no part in the scenario. */
  specFor(worker: number): ScenarioSpec | readonly ScenarioSpec[] | null;
  /** Returns the peak number of virtual users of the worker. */
  userCountOf(worker: number): number;
  /** Returns the work that the worker has at `atMs`; none for a counted load, whose iterations have no due time. */
  dueOf(worker: number, atMs: number): DueWork;
  /**
   * Hands the work of a worker that has left to the others, from `atMs` on. Returns false if they cannot take it over.
   */
  leave(worker: number, atMs: number, completed: CompletedIterations): boolean;
  /**
   * Hands over what others can already take from a worker that starts no new iterations. Returns false if nothing can
   * be handed over before the worker has left.
   */
  retire(worker: number, atMs: number): boolean;
  /** Gives another worker its share from `atMs` on. */
  join(worker: number, atMs: number): void;
  /** Balances shares that have become unequal. Returns whether anything moves. */
  settle(atMs: number): boolean;
  /** Changes the number of users. Returns false if the scenario has no users to change. */
  changeUsers(target: number, atMs: number, perSecond: number | null): boolean;
  /** Changes the arrival rate. Returns false if the scenario has no rate. */
  changeRate(target: number, atMs: number, perSecond: number): boolean;
  /** Returns the users or the rate of the plan at a moment; null if it has none, or is over. */
  usersAt(atMs: number): number | null;
  rateAt(atMs: number): number | null;
  /** Pauses or resumes the scenario. Returns false if nothing changes, for example because it cannot be paused. */
  pause(atMs: number): boolean;
  resume(atMs: number): boolean;
}

/** The position of a scenario among all scenarios of its run. */
export interface ScenarioPlace {
  readonly id: number;
  /** Virtual user i of the scenario is number `indexOffset + i * indexStep` of the run. */
  readonly indexOffset: number;
  readonly indexStep: number;
}

/** Converts a number for JSON, which has no infinity: Infinity becomes null. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
