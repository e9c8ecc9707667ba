import { assignWorkers } from "../population/assignment.ts";
import type { ClassSequence } from "../population/class-sequence.ts";
import { populationAt } from "../population/population.ts";
import { type Plan, valueAt } from "./plan.ts";

/** The planned load in one second. */
export interface Moment {
  readonly second: number;
  /** The number of users; in an open load, the highest number allowed. */
  readonly users: number;
  /** The arrival rate; null unless the load is open. */
  readonly ratePerSecond: number | null;
  /** The share of each worker: its users, and its users of each class in the order of `classes` (empty in an open load). */
  readonly workers: readonly WorkerShare[];
}

export interface WorkerShare {
  readonly users: number;
  readonly classes: readonly number[];
}

/**
 * One moment per second from the start of the run. Moments are computed on demand and none is kept: a day on a hundred
 * workers is millions of numbers.
 */
export interface Timeline extends Iterable<Moment> {
  readonly seconds: number;
  /** The load at a second: arrivals per second in an open load, else users. */
  loadAt(second: number): number;
  at(second: number): Moment;
}

/** The empty timeline of a load that is not known in advance. */
export const unknownTimeline: Timeline = {
  seconds: 0,
  loadAt: () => 0,
  at: (second) => ({ second, users: 0, ratePerSecond: null, workers: [] }),
  *[Symbol.iterator]() {},
};

export function openTimeline(plan: Plan, maxUsers: number, workers: number): Timeline {
  const shares = Array.from({ length: workers }, (_, position) => ({
    users: Math.floor(maxUsers / workers) + (position < maxUsers % workers ? 1 : 0),
    classes: [],
  }));
  const seconds = secondsOf(plan);
  const loadAt = (second: number) => valueAt(plan, second * 1_000);
  const at = (second: number) => ({ second, users: maxUsers, ratePerSecond: loadAt(second), workers: shares });
  return { seconds, loadAt, at, [Symbol.iterator]: () => eachSecond(seconds, at) };
}

/** The timeline of a closed load, by the same assignment as a run. */
export function closedTimeline(
  plan: Plan,
  sequence: ClassSequence,
  classCount: number,
  peakUsers: number,
  workers: number,
): Timeline {
  const seconds = secondsOf(plan);
  const loadAt = (second: number) => Math.min(populationAt(plan, second * 1_000), peakUsers);
  const assigned = assignWorkers((index) => sequence.classOf(index), classCount, peakUsers, workers);
  const follow = (): ((second: number) => Moment) => {
    const shares = new SharesOfUsers(assigned, (index) => sequence.classOf(index), classCount, workers);
    return (second) => {
      const users = loadAt(second);
      return { second, users, ratePerSecond: null, workers: shares.of(users) };
    };
  };
  // Each iterator has its own state: two that are read in turns must not disturb each other.
  return { seconds, loadAt, at: (second) => follow()(second), [Symbol.iterator]: () => eachSecond(seconds, follow()) };
}

function secondsOf(plan: Plan): number {
  return Math.ceil(plan.durationMs / 1_000);
}

function* eachSecond(seconds: number, at: (second: number) => Moment): Generator<Moment, undefined> {
  for (let second = 0; second < seconds; second++) yield at(second);
}

/** The users of each worker among the first n users. The cost of a change of n is proportional to the difference. */
class SharesOfUsers {
  readonly #assigned: readonly number[] | Uint32Array;
  readonly #classOf: (index: number) => number;
  readonly #shares: { users: number; classes: number[] }[];
  #population = 0;

  constructor(
    assigned: readonly number[] | Uint32Array,
    classOf: (index: number) => number,
    classCount: number,
    workers: number,
  ) {
    this.#assigned = assigned;
    this.#classOf = classOf;
    this.#shares = Array.from({ length: workers }, () => ({
      users: 0,
      classes: new Array<number>(classCount).fill(0),
    }));
  }

  of(users: number): WorkerShare[] {
    while (this.#population < users) this.#change(this.#population++, 1);
    while (this.#population > users) this.#change(--this.#population, -1);
    return this.#shares.map((share) => ({ users: share.users, classes: [...share.classes] }));
  }

  #change(index: number, by: 1 | -1): void {
    const share = this.#shares[this.#assigned[index] ?? 0];
    if (share === undefined) return;
    const userClass = this.#classOf(index);
    share.users += by;
    share.classes[userClass] = (share.classes[userClass] ?? 0) + by;
  }
}
