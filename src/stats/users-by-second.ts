const secondMs = 1_000;

interface Second {
  peak: number;
  readonly byClass: Map<string, number>;
}

/** The users of one second, summed over all workers that have reported it so far. */
export interface UserSecond {
  readonly atMs: number;
  readonly peakUsers: number;
  readonly users: readonly { readonly className: string; readonly count: number }[];
}

/** The users of a window in the store. */
export interface StoredUsers extends Omit<UserSecond, "atMs"> {
  readonly startMs: number;
  readonly widthMs: number;
  /** The seconds of the window; absent if all have the users of the fullest second, or if they were not kept. */
  readonly userSeconds?: readonly UserSecond[];
}

/**
 * The highest number of virtual users at the same time, by second. Every worker reports each second once, sometimes several
 * in one report, so the numbers of one second add up. The users of a wide window are those of its fullest second.
 */
export class UsersBySecond {
  /** The seconds by start. */
  readonly #seconds = new Map<number, Second>();

  /** Adds users that ran at the same time, to each second of [startMs, startMs + widthMs). */
  add(startMs: number, widthMs: number, peak: number, byClass: Iterable<readonly [string, number]>): void {
    const counts = [...byClass];
    for (let atMs = startMs; atMs < startMs + widthMs; atMs += secondMs) this.#addTo(atMs, peak, counts);
  }

  addStored({ startMs, widthMs, peakUsers, users, userSeconds }: StoredUsers): void {
    if (userSeconds === undefined) this.add(startMs, widthMs, peakUsers, pairsOf(users));
    else for (const second of userSeconds) this.#addTo(second.atMs, second.peakUsers, pairsOf(second.users));
  }

  /** The seconds in order. */
  get seconds(): UserSecond[] {
    return [...this.#seconds]
      .sort(([one], [other]) => one - other)
      .map(([atMs, { peak, byClass }]) => ({
        ...{ atMs, peakUsers: peak },
        users: [...byClass].map(([className, count]) => ({ className, count })),
      }));
  }

  merge(other: UsersBySecond): void {
    for (const [atMs, { peak, byClass }] of other.#seconds) this.#addTo(atMs, peak, byClass);
  }

  /** The highest number of users of all classes together. */
  get peak(): number {
    let most = 0;
    for (const { peak } of this.#seconds.values()) most = Math.max(most, peak);
    return most;
  }

  /** The highest number of users of each class. The peaks of the classes need not coincide. */
  get byClass(): ReadonlyMap<string, number> {
    const most = new Map<string, number>();
    for (const { byClass } of this.#seconds.values()) {
      for (const [name, count] of byClass) most.set(name, Math.max(count, most.get(name) ?? 0));
    }
    return most;
  }

  #addTo(atMs: number, peak: number, byClass: Iterable<readonly [string, number]>): void {
    let second = this.#seconds.get(atMs);
    if (second === undefined) {
      second = { peak: 0, byClass: new Map() };
      this.#seconds.set(atMs, second);
    }
    second.peak += peak;
    for (const [name, count] of byClass) second.byClass.set(name, (second.byClass.get(name) ?? 0) + count);
  }
}

function pairsOf(users: UserSecond["users"]): [string, number][] {
  return users.map(({ className, count }) => [className, count]);
}
