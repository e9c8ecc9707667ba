import { ArrivalTimes } from "../../core/arrivals/arrivals.ts";
import { type IdleTime, idleTimesOf } from "../../core/plan/idle-times.ts";
import { type PlanPause, SteeredPlan } from "../../core/plan/steered-plan.ts";
import type { OpenSpec } from "../../protocol/scenario-spec.ts";
import type { ResolvedClass } from "../../scenario/resolve/resolve-classes.ts";
import type { ResolvedOpen } from "../../scenario/resolve/resolve-load.ts";
import { type ControlledScenario, type DueWork, finiteOrNull, type ScenarioPlace } from "./scenario.ts";

const usersPerJoiner = 1_000_000_000;

/** An open load: an arrival rate with its changes so far. The workers take the arrivals in turn. */
export class OpenScenario implements ControlledScenario {
  readonly name: string;
  readonly unit = "iterations";
  readonly #place: ScenarioPlace;
  readonly #load: ResolvedOpen;
  readonly #plan: SteeredPlan;
  readonly #classes: readonly { readonly weight: number }[];
  #workers: readonly number[];
  /** The workers at the start, in order. Workers that join later get the following positions. */
  readonly #starters: readonly number[];
  readonly #joiners: number[] = [];
  /** Workers without a user. One of them takes part when another worker leaves. */
  #waiting: readonly number[];
  #firstIteration = 0;

  constructor(
    name: string,
    place: ScenarioPlace,
    load: ResolvedOpen,
    classes: readonly ResolvedClass[],
    workers: readonly number[],
  ) {
    this.name = name;
    this.#place = place;
    this.#load = load;
    this.#plan = new SteeredPlan(load.plan);
    this.#classes = classes.map(({ weight }) => ({ weight }));
    // A worker without a user could not begin any iteration.
    this.#workers = workers.slice(0, Math.max(1, load.maxUsers));
    this.#starters = this.#workers;
    this.#waiting = workers.slice(this.#workers.length);
  }

  get endMs(): number {
    return this.#plan.current.durationMs;
  }

  get ids(): readonly number[] {
    return [this.#place.id];
  }

  get isRandom(): boolean {
    return this.#load.arrivals !== "even";
  }

  get pauses(): readonly PlanPause[] {
    return this.#plan.pauses;
  }

  get idle(): IdleTime[] {
    return idleTimesOf(this.#plan.current);
  }

  plannedBefore(atMs: number): number {
    return new ArrivalTimes(this.#plan.current).countBefore(Math.min(atMs, this.endMs));
  }

  specFor(worker: number): OpenSpec | null {
    const position = this.#workers.indexOf(worker);
    if (position < 0) return null;
    return {
      kind: "open",
      id: this.#place.id,
      name: this.name,
      ...this.#userNumbers(worker),
      classes: this.#classes.map((share) => ({ ...share })),
      points: this.#plan.current.points.map((point) => ({ ...point })),
      endMs: finiteOrNull(this.endMs),
      arrivals: this.#load.arrivals,
      position,
      workerCount: this.#workers.length,
      firstIteration: this.#firstIteration,
      maxUsers: this.#share(this.#load.maxUsers, position),
      queueLimit: this.#share(this.#load.queueLimit, position),
    };
  }

  userCountOf(worker: number): number {
    const position = this.#workers.indexOf(worker);
    return position < 0 ? 0 : this.#share(this.#load.maxUsers, position);
  }

  dueOf(worker: number, atMs: number): DueWork {
    const rate = this.#workers.includes(worker) ? (this.rateAt(atMs) ?? 0) / this.#workers.length : 0;
    return { users: 0, rate };
  }

  /** Hands the iterations of this worker to the other workers, from the first iteration after `atMs` on. */
  leave(worker: number, atMs: number): boolean {
    this.#waiting = this.#waiting.filter((other) => other !== worker);
    if (!this.#workers.includes(worker)) return true;
    this.#workers = this.#workers.filter((other) => other !== worker);
    const [next] = this.#waiting;
    if (next !== undefined) this.join(next, atMs);
    this.#firstIteration = new ArrivalTimes(this.#plan.current).countBefore(atMs);
    return this.#workers.length > 0;
  }

  retire(worker: number, atMs: number): boolean {
    const hasOthers = this.#workers.length + this.#waiting.length > 1;
    return hasOthers && this.#workers.includes(worker) && this.leave(worker, atMs);
  }

  /**
   * Gives the worker its part of the iterations, from the first iteration after `atMs` on. If there is no user for it,
   * it waits.
   */
  join(worker: number, atMs: number): void {
    if (this.#workers.includes(worker)) return;
    this.#waiting = this.#waiting.filter((other) => other !== worker);
    if (this.#workers.length >= this.#load.maxUsers) {
      this.#waiting = [...this.#waiting, worker];
      return;
    }
    if (!this.#starters.includes(worker) && !this.#joiners.includes(worker)) this.#joiners.push(worker);
    this.#workers = [...this.#workers, worker];
    this.#firstIteration = new ArrivalTimes(this.#plan.current).countBefore(atMs);
  }

  settle(): boolean {
    return false;
  }

  changeUsers(): boolean {
    return false;
  }

  changeRate(target: number, atMs: number, perSecond: number): boolean {
    this.#plan.rampTo(target, atMs, perSecond);
    return true;
  }

  usersAt(): null {
    return null;
  }

  rateAt(atMs: number): number | null {
    if (atMs >= this.endMs) return null;
    return this.#plan.valueAt(atMs);
  }

  pause(atMs: number): boolean {
    this.#plan.pause(atMs);
    return true;
  }

  resume(atMs: number): boolean {
    this.#plan.resume(atMs, Number.POSITIVE_INFINITY);
    return true;
  }

  /**
   * Returns the user numbers of a worker: those of starters are interleaved, and each worker that joins later has a
   * range of a billion.
   */
  #userNumbers(worker: number): { indexOffset: number; indexStep: number } {
    const { indexOffset, indexStep } = this.#place;
    const position = this.#starters.indexOf(worker);
    if (position >= 0) {
      return { indexOffset: indexOffset + position * indexStep, indexStep: indexStep * this.#starters.length };
    }
    const first = (this.#joiners.indexOf(worker) + 1) * usersPerJoiner;
    return { indexOffset: indexOffset + first * indexStep, indexStep };
  }

  /** Returns the worker's part of a number that is divided among all workers. Parts differ by at most 1. */
  #share(whole: number, position: number): number {
    const count = this.#workers.length;
    return Math.floor(whole / count) + (position < whole % count ? 1 : 0);
  }
}
