import type { IdleTime } from "../../core/plan/idle-times.ts";
import { ClassSequence } from "../../core/population/class-sequence.ts";
import type { IterationsSpec } from "../../protocol/scenario-spec.ts";
import type { ResolvedClass } from "../../scenario/resolve/resolve-classes.ts";
import type { ResolvedIterations } from "../../scenario/resolve/resolve-load.ts";
import type { LoadProgress } from "../../stats/interval-report.ts";
import { IterationsPart, type LeftOver } from "./iterations-part.ts";
import {
  type CompletedIterations,
  type ControlledScenario,
  type DueWork,
  finiteOrNull,
  type ScenarioPlace,
} from "./scenario.ts";

/**
 * A load with a fixed number of iterations. If a worker leaves, the iterations that it has not completed by its last
 * report are assigned to the others, together with its users. So exactly the requested number of iterations is
 * completed and reported.
 */
export class IterationsScenario implements ControlledScenario {
  readonly name: string;
  readonly unit = "iterations";
  readonly isRandom = false;
  readonly #place: ScenarioPlace;
  readonly #classes: readonly ResolvedClass[];
  readonly #newId: () => number;
  readonly #total: number;
  readonly #parts: { readonly part: IterationsPart; readonly fromMs: number }[] = [];
  #workers: readonly number[];
  /** The workers that joined late. */
  #joiners: readonly number[] = [];
  #startMs: number;
  #endMs: number;
  #heldSinceMs: number | null = null;

  constructor(
    name: string,
    place: ScenarioPlace,
    load: ResolvedIterations,
    classes: readonly ResolvedClass[],
    workers: readonly number[],
    newId: () => number,
  ) {
    this.name = name;
    this.#place = place;
    this.#classes = classes;
    this.#workers = workers;
    this.#newId = newId;
    this.#startMs = load.startMs;
    this.#endMs = load.endMs;
    const userCount = Math.min(load.users, new ClassSequence(classes).limit);
    const users = Array.from({ length: userCount }, (_, index) => index);
    this.#total = "total" in load.count ? load.count.total : load.count.perUser * userCount;
    this.#parts.push({ part: new IterationsPart(place.id, load.count, users, classes, workers), fromMs: 0 });
  }

  get endMs(): number {
    return this.#heldSinceMs === null ? this.#endMs : Number.POSITIVE_INFINITY;
  }

  get ids(): readonly number[] {
    return this.#parts.map(({ part }) => part.id);
  }

  /** None: its users stay while it is paused, and go on at once. */
  get pauses(): [] {
    return [];
  }

  /** The idle times given by the start and the latest end. The load ends earlier when all iterations are completed. */
  get idle(): IdleTime[] {
    const before = this.#startMs > 0 ? [{ fromMs: 0, toMs: this.#startMs }] : [];
    const { endMs } = this;
    return Number.isFinite(endMs) ? [...before, { fromMs: endMs, toMs: Number.POSITIVE_INFINITY }] : before;
  }

  plannedBefore(atMs: number, isOver: boolean): number | null {
    return isOver || atMs >= this.endMs ? this.#total : null;
  }

  specFor(worker: number): IterationsSpec[] {
    return this.#parts.flatMap(({ part, fromMs }) => {
      const share = part.specFor(worker);
      if (share === null) return [];
      return {
        kind: "iterations" as const,
        ...this.#place,
        ...share,
        name: this.name,
        classes: this.#classes.map(({ weight, fixedCount }) =>
          fixedCount === undefined ? { weight } : { weight, fixedCount },
        ),
        startMs: Math.max(this.#startMs, fromMs),
        endMs: finiteOrNull(this.endMs),
        isHeld: this.#heldSinceMs !== null,
      };
    });
  }

  userCountOf(worker: number): number {
    return this.#parts.reduce((sum, { part }) => sum + part.usersOf(worker).length, 0);
  }

  dueOf(): DueWork {
    return { users: 0, rate: 0 };
  }

  leftOf(worker: number, completed: CompletedIterations): number {
    return this.#parts.reduce((sum, { part }) => sum + part.leftOf(worker, completed.get(part.id) ?? 0), 0);
  }

  leave(worker: number, atMs: number, completed: CompletedIterations): boolean {
    this.#workers = this.#workers.filter((other) => other !== worker);
    this.#joiners = this.#joiners.filter((other) => other !== worker);
    const parts = this.#parts.map(({ part }) => part);
    const left = parts.map((part) => part.leave(worker, completed.get(part.id) ?? 0));
    const isTaken = this.#assign(left, this.#workers, atMs);
    for (const part of parts) part.takeOwed(this.#workers.length);
    return isTaken;
  }

  /**
   * Gives the worker users of the others. Once the others report how many iterations they gave up, none of which has
   * started, the worker gets these, too. It also gets a part of the iterations that leaving workers do not complete.
   */
  join(worker: number): void {
    if (this.#workers.includes(worker)) return;
    this.#workers = [...this.#workers, worker];
    this.#joiners = [...this.#joiners, worker];
    for (const { part } of this.#parts) part.take(this.#workers.length);
  }

  /**
   * Returns the parts in which a worker has given up iterations, with the number it has to complete there, by its
   * reports.
   */
  givenUpBy(worker: number, load: readonly LoadProgress[]): [id: number, asked: number][] {
    return load.flatMap(({ scenario, asked }): [number, number][] => {
      const isNew = this.#parts.some(({ part }) => part.id === scenario && part.hasGivenUp(worker, asked));
      return isNew ? [[scenario, asked]] : [];
    });
  }

  /** Assigns the iterations that the worker gave up to workers that joined. Returns false if it gave up none here. */
  passOn(worker: number, atMs: number, asked: ReadonlyMap<number, number>): boolean {
    const parts = this.#parts.filter(({ part }) => asked.has(part.id));
    const left = parts.map(({ part }) => part.giveUp(worker, asked.get(part.id) ?? 0));
    this.#assign(left, this.#joiners.length > 0 ? this.#joiners : this.#workers, atMs);
    for (const { part } of parts) part.takeOwed(this.#workers.length);
    return parts.length > 0;
  }

  #assign(left: readonly LeftOver[], workers: readonly number[], atMs: number): boolean {
    const total = left.reduce((sum, { iterations }) => sum + iterations, 0);
    if (total === 0) return true;
    if (workers.length === 0) return false;
    const users = left.flatMap((part) => (part.iterations > 0 ? part.users : [])).sort((one, other) => one - other);
    const part = new IterationsPart(this.#newId(), { total }, users, this.#classes, workers);
    this.#parts.push({ part, fromMs: atMs });
    return true;
  }

  /** Hands over nothing: how much the worker leaves undone is known only when its iterations have ended. */
  retire(): boolean {
    return false;
  }

  settle(): boolean {
    return false;
  }

  changeUsers(): boolean {
    return false;
  }

  changeRate(): boolean {
    return false;
  }

  usersAt(): null {
    return null;
  }

  rateAt(): null {
    return null;
  }

  /** Holds the load: no iteration starts, but the users stay. The end moves by the length of the pause. */
  pause(atMs: number): boolean {
    if (this.#heldSinceMs !== null || atMs >= this.#endMs) return false;
    this.#heldSinceMs = atMs;
    return true;
  }

  resume(atMs: number): boolean {
    if (this.#heldSinceMs === null) return false;
    const byMs = atMs - this.#heldSinceMs;
    if (this.#heldSinceMs < this.#startMs) this.#startMs += byMs;
    this.#endMs += byMs;
    this.#heldSinceMs = null;
    return true;
  }
}
