/** An iteration that is due. Times are those of `performance.now()`. */
export interface DueIteration {
  readonly classNumber: number;
  readonly dueMs: number;
  /** When the executor started or queued the iteration. */
  readonly actedMs: number;
}

/** Iterations that wait for a free user, oldest first within each class; bounded. */
export class BusyQueue {
  /** The maximum number of waiting iterations. */
  limit: number;
  readonly #byClass = new Map<number, DueIteration[]>();
  /** The number of iterations at the front of each array that were taken already. They are cut off now and then. */
  readonly #taken = new Map<number, number>();
  size = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Adds an iteration. Returns false if the queue is full. */
  add(iteration: DueIteration): boolean {
    if (this.size >= this.limit) return false;
    const waiting = this.#byClass.get(iteration.classNumber);
    if (waiting === undefined) this.#byClass.set(iteration.classNumber, [iteration]);
    else waiting.push(iteration);
    this.size++;
    return true;
  }

  /** Removes and returns the oldest iteration of a class; null if none is waiting. */
  take(classNumber: number): DueIteration | null {
    const waiting = this.#byClass.get(classNumber);
    const taken = this.#taken.get(classNumber) ?? 0;
    const oldest = waiting?.[taken];
    if (waiting === undefined || oldest === undefined) return null;
    this.size--;
    // Cutting costs the number of iterations that are left, so it waits until they are no more than those that were taken.
    const cut = taken + 1 >= waiting.length - taken - 1;
    if (cut) waiting.splice(0, taken + 1);
    this.#taken.set(classNumber, cut ? 0 : taken + 1);
    return oldest;
  }

  /** Removes and returns the oldest iteration of all classes; null if none is waiting. */
  takeOldest(): DueIteration | null {
    let oldest: DueIteration | null = null;
    for (const [classNumber, waiting] of this.#byClass) {
      const first = waiting[this.#taken.get(classNumber) ?? 0];
      if (first !== undefined && (oldest === null || first.dueMs < oldest.dueMs)) oldest = first;
    }
    return oldest === null ? null : this.take(oldest.classNumber);
  }

  /** Empties the queue. Returns the number of iterations that were waiting. */
  clear(): number {
    const waited = this.size;
    this.#byClass.clear();
    this.#taken.clear();
    this.size = 0;
    return waited;
  }
}
