/** An iteration that is due. Times are those of `performance.now()`. */
export interface DueIteration {
  readonly classNumber: number;
  readonly dueMs: number;
  /** When the executor started or queued it. */
  readonly actedMs: number;
}

/** Iterations that wait for a free user, oldest first within each class; bounded. */
export class BusyQueue {
  /** The most that may wait. */
  limit: number;
  readonly #byClass = new Map<number, DueIteration[]>();
  /** How many of each array's front are taken already; they are cut off now and then. */
  readonly #taken = new Map<number, number>();
  size = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** False when the queue is full. */
  add(iteration: DueIteration): boolean {
    if (this.size >= this.limit) return false;
    const waiting = this.#byClass.get(iteration.classNumber);
    if (waiting === undefined) this.#byClass.set(iteration.classNumber, [iteration]);
    else waiting.push(iteration);
    this.size++;
    return true;
  }

  /** The oldest of a class. */
  take(classNumber: number): DueIteration | null {
    const waiting = this.#byClass.get(classNumber);
    const taken = this.#taken.get(classNumber) ?? 0;
    const oldest = waiting?.[taken];
    if (waiting === undefined || oldest === undefined) return null;
    this.size--;
    // Cutting costs the length of what is left, so it waits until that is at most what was taken.
    const cut = taken + 1 >= waiting.length - taken - 1;
    if (cut) waiting.splice(0, taken + 1);
    this.#taken.set(classNumber, cut ? 0 : taken + 1);
    return oldest;
  }

  /** The oldest of all. */
  takeOldest(): DueIteration | null {
    let oldest: DueIteration | null = null;
    for (const [classNumber, waiting] of this.#byClass) {
      const first = waiting[this.#taken.get(classNumber) ?? 0];
      if (first !== undefined && (oldest === null || first.dueMs < oldest.dueMs)) oldest = first;
    }
    return oldest === null ? null : this.take(oldest.classNumber);
  }

  /** Empties the queue; returns how many waited. */
  clear(): number {
    const waited = this.size;
    this.#byClass.clear();
    this.#taken.clear();
    this.size = 0;
    return waited;
  }
}
