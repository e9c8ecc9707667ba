import { type IdleTime, idleTimesOf } from "../../core/plan/idle-times.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { tailFrom } from "../../core/plan/plan-edit.ts";
import { firstSpawnRate, type PlanPause, SteeredPlan } from "../../core/plan/steered-plan.ts";
import { ClassSequence, type ClassShare } from "../../core/population/class-sequence.ts";
import { peak, populationAt } from "../../core/population/population.ts";
import { PopulationOwners } from "../../core/population/population-owners.ts";
import type { Move } from "../../core/population/rebalance-moves.ts";
import { userSeconds } from "../../core/population/user-seconds.ts";
import { packRanges, toRanges } from "../../core/ranges.ts";
import type { ClosedSpec } from "../../protocol/scenario-spec.ts";
import { PendingMoves } from "./pending-moves.ts";
import { type ControlledScenario, type DueWork, finiteOrNull, type ScenarioPlace } from "./scenario.ts";

/** A closed load: the worker that each user runs on, and the plan with its changes so far. */
export class ClosedScenario implements ControlledScenario {
  readonly name: string;
  readonly unit = "userSeconds";
  readonly isRandom = false;
  readonly place: ScenarioPlace;
  readonly #classes: readonly ClassShare[];
  readonly #plan: SteeredPlan;
  readonly #owners: PopulationOwners;
  readonly #sequence: ClassSequence;
  readonly #moves = new PendingMoves();
  /**
   * The number of users at the latest change of the workers; null before the first. Below it, the totals of the workers
   * may become unequal.
   */
  #settledAt: number | null = null;
  /** The highest number of users in any plan so far. */
  #peakUsers = 0;
  /** The user-seconds that were planned in the part of the plan that was dropped, and where that part ends. */
  #forgotten = { seconds: 0, toMs: 0 };
  /** The latest spawn rate of a shape function; null for a plan, whose first rise has it. */
  #shapedRate: number | null = null;

  constructor(
    name: string,
    place: ScenarioPlace,
    plan: Plan,
    classes: readonly ClassShare[],
    workers: readonly number[],
  ) {
    this.name = name;
    this.place = place;
    this.#classes = classes.map(({ weight, fixedCount }) =>
      fixedCount === undefined ? { weight } : { weight, fixedCount },
    );
    this.#plan = new SteeredPlan(plan);
    this.#sequence = new ClassSequence(this.#classes);
    this.#owners = new PopulationOwners((index) => this.#sequence.classOf(index), classes.length);
    this.#peakUsers = this.#peak();
    this.#owners.start(workers, this.#peakUsers);
  }

  get endMs(): number {
    return this.#plan.current.durationMs;
  }

  get ids(): readonly number[] {
    return [this.place.id];
  }

  get pauses(): readonly PlanPause[] {
    return this.#plan.pauses;
  }

  get idle(): IdleTime[] {
    return idleTimesOf(this.#plan.current, this.#forgotten.toMs);
  }

  plannedBefore(atMs: number): number {
    const { seconds, toMs } = this.#forgotten;
    return seconds + userSeconds(this.#plan.current, toMs, atMs, this.#sequence.limit);
  }

  /** The peak number of users by the current plan and all earlier ones. */
  get peakUsers(): number {
    return this.#peakUsers;
  }

  /** Returns the specification for a worker; null for a worker that joined after the end of the scenario. */
  specFor(worker: number): ClosedSpec | null {
    if (!this.#owners.has(worker)) return null;
    return {
      kind: "closed",
      ...this.place,
      name: this.name,
      classes: [...this.#classes],
      points: this.#plan.current.points.map((point) => ({ ...point })),
      endMs: finiteOrNull(this.endMs),
      virtualUsers: packRanges(toRanges(this.#owners.owned(worker))),
      moved: this.#moves.arriving(worker),
      leaving: this.#moves.leaving(worker),
    };
  }

  userCountOf(worker: number): number {
    return this.#owners.has(worker) ? this.#owners.owned(worker).length : 0;
  }

  dueOf(worker: number, atMs: number): DueWork {
    if (!this.#owners.has(worker) || atMs >= this.endMs) return { users: 0, rate: 0 };
    const population = this.#populationAt(atMs);
    const own = this.#owners.owned(worker).filter((index) => index < population);
    const coming = new Set(this.#moves.arriving(worker).flatMap(([index, thenMs]) => (thenMs > atMs ? [index] : [])));
    return { users: own.filter((index) => !coming.has(index)).length, rate: 0 };
  }

  /** Moves the users of that worker to the others, one after another at the spawn rate. No other users move. */
  leave(worker: number, atMs: number): boolean {
    if (!this.#owners.has(worker)) return true;
    this.#moves.forget(worker);
    this.#move(this.#owners.leave(worker, this.#populationAt(atMs)), atMs);
    return true;
  }

  retire(worker: number, atMs: number): boolean {
    return this.#owners.workerCount > 1 && this.#owners.has(worker) && this.leave(worker, atMs);
  }

  /** Moves as few users as possible to the worker, one after another at the spawn rate, each after its iteration. */
  join(worker: number, atMs: number): void {
    this.#move(this.#owners.join(worker, this.#populationAt(atMs)), atMs);
  }

  /** Balances the workers again if users have ended since the workers last changed, with as few moves as possible. */
  settle(atMs: number): boolean {
    const population = this.#populationAt(atMs);
    if (this.#settledAt === null || population >= this.#settledAt || this.#owners.isEven(population)) return false;
    this.#move(this.#owners.settle(population), atMs);
    return true;
  }

  changeUsers(target: number, atMs: number, perSecond: number | null): boolean {
    this.#plan.rampTo(target, atMs, perSecond ?? this.#spawnRate());
    this.#grow();
    return true;
  }

  changeRate(): boolean {
    return false;
  }

  usersAt(atMs: number): number | null {
    if (atMs >= this.endMs) return null;
    return this.#plan.valueAt(atMs);
  }

  rateAt(): null {
    return null;
  }

  pause(atMs: number): boolean {
    this.#plan.pause(atMs);
    return true;
  }

  resume(atMs: number): boolean {
    this.#plan.resume(atMs, this.#spawnRate());
    this.#grow();
    return true;
  }

  /** Edits the plan from now on, for a shape function. @param spawnRate its spawn rate; null if it does not change */
  replan(edit: (plan: Plan) => Plan, spawnRate: number | null = null): void {
    this.#shapedRate = spawnRate ?? this.#shapedRate;
    this.#plan.replace(edit(this.#plan.current));
    this.#grow();
  }

  /** Drops the plan before `toMs`, for a shape function, which no longer needs it. */
  forget(toMs: number): void {
    if (toMs <= this.#forgotten.toMs) return;
    this.#forgotten = { seconds: this.plannedBefore(toMs), toMs };
    this.#plan.replace(tailFrom(this.#plan.current, toMs));
  }

  #move(moves: readonly Move[], atMs: number): void {
    const population = this.#populationAt(atMs);
    this.#settledAt = population;
    this.#moves.drop(population);
    this.#moves.add(moves, atMs, this.#spawnRate());
  }

  #populationAt(atMs: number): number {
    return Math.min(populationAt(this.#plan.current, atMs), this.#sequence.limit);
  }

  #grow(): void {
    this.#peakUsers = Math.max(this.#peakUsers, this.#peak());
    this.#owners.grow(this.#peakUsers);
  }

  #peak(): number {
    return Math.min(peak(this.#plan.current), this.#sequence.limit);
  }

  #spawnRate(): number {
    return this.#shapedRate ?? firstSpawnRate(this.#plan.current);
  }
}
