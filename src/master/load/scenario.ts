import type { LoadUnit } from "../../analysis/load/scenario-load.ts";
import type { IdleTime } from "../../core/plan/idle-times.ts";
import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";

/** Iterations of counted loads that a worker has completed, by the scenario's id, as far as it has reported. */
export type CompletedIterations = ReadonlyMap<number, number>;

/** What a worker has to do at one moment, by the plan as it was steered. */
export interface DueWork {
  /** Virtual users of a closed load, without those that are still on their way to the worker. */
  readonly users: number;
  /** Iterations per second of an open load. */
  readonly rate: number;
}

/** One scenario as the master steers it. Times are ms since the start of the run. */
export interface ControlledScenario {
  readonly name: string;
  /** When the scenario ends by its current plan; Infinity if the end is open. */
  readonly endMs: number;
  /** Its ids in what workers are told and report; more than one when work was dealt out again. */
  readonly ids: readonly number[];
  /** What its load is counted in. */
  readonly unit: LoadUnit;
  /** Whether as many are due only on average. */
  readonly isRandom: boolean;
  /** The times in which it has no load by the plan as it was steered, in order. */
  readonly idle: readonly IdleTime[];
  /**
   * How much was to be made before `atMs`, by the plan as it was steered.
   * @param isOver whether the load has come to the end of its plan
   * @returns null when a part of it has no time by which it is to be made
   */
  plannedBefore(atMs: number, isOver: boolean): number | null;
  /** What the worker has to do from now on; null when it has no part in the scenario. */
  specFor(worker: number): ScenarioSpec | readonly ScenarioSpec[] | null;
  /** The peak number of virtual users of the worker. */
  userCountOf(worker: number): number;
  /** What the worker has to do at `atMs`; nothing of a counted load, whose iterations have no time. */
  dueOf(worker: number, atMs: number): DueWork;
  /** The worker has left: the others take over its work from `atMs` on. Returns false if they cannot. */
  leave(worker: number, atMs: number, completed: CompletedIterations): boolean;
  /** The worker starts nothing new: others take over what they can. False if nothing is taken over before it has left. */
  retire(worker: number, atMs: number): boolean;
  /** Another worker takes its share from `atMs` on. */
  join(worker: number, atMs: number): void;
  /** Makes shares equal that have become unequal; returns true if something moves. */
  settle(atMs: number): boolean;
  /** False when the scenario has no users to change. */
  changeUsers(target: number, atMs: number, perSecond: number | null): boolean;
  /** False when the scenario has no rate. */
  changeRate(target: number, atMs: number, perSecond: number): boolean;
  /** The users or rate of the plan at a moment; null if it has none, or is over. */
  usersAt(atMs: number): number | null;
  rateAt(atMs: number): number | null;
  /** Both false when it cannot be paused. */
  pause(atMs: number): boolean;
  resume(atMs: number): boolean;
}

/** The position of a scenario among those of its run. */
export interface ScenarioPlace {
  readonly id: number;
  /** Virtual user i of the scenario is number `indexOffset + i * indexStep` of the run. */
  readonly indexOffset: number;
  readonly indexStep: number;
}

/** JSON has no infinity. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
