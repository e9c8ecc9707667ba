import { ClassSequence } from "../../core/population/class-sequence.ts";
import { PopulationOwners } from "../../core/population/population-owners.ts";
import { packRanges, toRanges } from "../../core/ranges.ts";
import type { IterationsSpec } from "../../protocol/scenario-spec.ts";
import type { ResolvedClass } from "../../scenario/resolve/resolve-classes.ts";
import type { ResolvedIterations } from "../../scenario/resolve/resolve-load.ts";

/** A worker's share of a part: its users, and the iterations that they have to complete. */
interface Share {
  users: readonly number[];
  total: number | null;
  /** The number of iterations that the worker has to complete in all. */
  asked: number;
  /**
   * Users that were taken from the worker for one that joined. How many of their iterations were left is not known yet.
   */
  taken: readonly number[];
  /** Whether another worker has joined since these users were taken. */
  isOwing: boolean;
}

/** The users of a worker that left or gave up work, and the iterations that it did not complete. */
export interface LeftOver {
  readonly users: readonly number[];
  readonly iterations: number;
}

/**
 * Iterations that are assigned together: at first all of a load, later the iterations that a worker did not complete.
 * The total is divided exactly among the workers, in proportion to their users.
 */
export class IterationsPart {
  readonly id: number;
  readonly #count: ResolvedIterations["count"];
  readonly #shares: Map<number, Share>;
  /** The iterations that departed workers had completed, by worker. Departed workers start no more iterations. */
  readonly #gone = new Map<number, number>();

  /** @param users the numbers of the users that run the iterations */
  constructor(
    id: number,
    count: ResolvedIterations["count"],
    users: readonly number[],
    classes: readonly ResolvedClass[],
    workers: readonly number[],
  ) {
    this.id = id;
    this.#count = count;
    const sequence = new ClassSequence(classes);
    const owners = new PopulationOwners((position) => sequence.classOf(users[position] ?? 0), classes.length);
    owners.start(workers, users.length);
    const owned = workers.map((worker) => owners.owned(worker).map((position) => users[position] ?? 0));
    const totals = "total" in count ? split(count.total, owned) : [];
    this.#shares = new Map(
      workers.map((worker, position) => {
        const own = owned[position] ?? [];
        const total = "total" in count ? (totals[position] ?? 0) : null;
        const asked = total ?? own.length * ("perUser" in count ? count.perUser : 0);
        return [worker, { users: own, total, asked, taken: [], isOwing: false }];
      }),
    );
  }

  /**
   * Takes users for a worker that joined, from the workers that have the most. When a worker learns that users are
   * taken from it, it gives up their iterations, and reports how many it now has to complete in all. Until then, no
   * further users are taken from it: the report would not tell whose iterations were given up.
   * @param workerCount the number of workers, the new one included
   */
  take(workerCount: number): void {
    const givers = this.#givers;
    for (const share of givers) if (share.taken.length > 0) share.isOwing = true;
    takeFrom(
      givers.filter(({ taken }) => taken.length === 0),
      workerCount,
    );
  }

  /** Takes users for workers that joined meanwhile from the workers that have reported what they gave up. */
  takeOwed(workerCount: number): void {
    const givers = this.#givers.filter(({ isOwing, taken }) => isOwing && taken.length === 0);
    for (const share of givers) share.isOwing = false;
    takeFrom(givers, workerCount);
  }

  get #givers(): Share[] {
    return [...this.#shares].filter(([worker]) => !this.#gone.has(worker)).map(([, share]) => share);
  }

  /** Whether the worker has given up iterations that are not assigned to another worker yet. */
  hasGivenUp(worker: number, asked: number): boolean {
    const share = this.#shares.get(worker);
    return share !== undefined && !this.#gone.has(worker) && share.taken.length > 0 && asked < share.asked;
  }

  /**
   * Returns what the worker has given up, now that it has reported how many iterations it has to complete in all
   * (`asked`).
   */
  giveUp(worker: number, asked: number): LeftOver {
    const share = this.#shares.get(worker);
    if (share === undefined || !this.hasGivenUp(worker, asked)) return { users: [], iterations: 0 };
    const left = { users: share.taken, iterations: share.asked - asked };
    share.taken = [];
    share.asked = asked;
    if (share.total !== null) share.total = asked;
    return left;
  }

  specFor(worker: number): Pick<IterationsSpec, "id" | "virtualUsers" | "total" | "perUser"> | null {
    const share = this.#shares.get(worker);
    if (share === undefined) return null;
    return {
      id: this.id,
      virtualUsers: packRanges(toRanges(share.users)),
      total: this.#gone.get(worker) ?? share.total,
      perUser: "perUser" in this.#count ? this.#count.perUser : null,
    };
  }

  usersOf(worker: number): readonly number[] {
    return this.#gone.has(worker) ? [] : (this.#shares.get(worker)?.users ?? []);
  }

  /** Returns how many iterations of its share the worker still has to complete. */
  leftOf(worker: number, completed: number): number {
    const share = this.#shares.get(worker);
    return share === undefined || this.#gone.has(worker) ? 0 : Math.max(0, share.asked - completed);
  }

  /** Removes a worker that has left, or has done what it could. Returns what it did not complete. */
  leave(worker: number, completed: number): LeftOver {
    const taken = this.#gone.has(worker) ? [] : (this.#shares.get(worker)?.taken ?? []);
    const left = { users: [...this.usersOf(worker), ...taken], iterations: this.leftOf(worker, completed) };
    if (this.#shares.has(worker) && !this.#gone.has(worker)) this.#gone.set(worker, completed);
    return left;
  }
}

/** Takes users of those that have the most, so that they keep as many as `workerCount` workers would have. */
function takeFrom(givers: readonly Share[], workerCount: number): void {
  const all = givers.reduce((sum, { users }) => sum + users.length, 0);
  for (let taken = 0; taken < Math.floor(all / workerCount); taken++) {
    const most = givers.reduce((first, other) => (other.users.length > first.users.length ? other : first));
    if (most.users.length < 2) return;
    most.taken = [...most.taken, ...most.users.slice(-1)];
    most.users = most.users.slice(0, -1);
  }
}

/** Divides the total in proportion to users, by cumulative rounding: the shares add up to the total. */
function split(total: number, owned: readonly (readonly number[])[]): number[] {
  const all = owned.reduce((sum, users) => sum + users.length, 0);
  let users = 0;
  let given = 0;
  return owned.map((own) => {
    users += own.length;
    const upTo = all === 0 ? 0 : Math.round((total * users) / all);
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
