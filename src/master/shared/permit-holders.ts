/** The permits of one worker, all counted since the start of the run. */
export interface Holding {
  readonly worker: number;
  readonly granted: number;
  readonly used: number;
  readonly unused: number;
}

type Counts = { -readonly [Field in Exclude<keyof Holding, "worker">]: Holding[Field] };

/**
 * Tracks how workers use the permits that were granted to them. Reported numbers above the granted number are cut to
 * it.
 */
export class PermitHolders {
  readonly #counts = new Map<number, Counts>();
  readonly #lost = new Set<number>();
  readonly #ended = new Set<number>();

  restore(holdings: readonly Holding[]): void {
    for (const { worker, ...counts } of holdings) this.#counts.set(worker, counts);
  }

  list(): Holding[] {
    return [...this.#counts].map(([worker, counts]) => ({ worker, ...counts }));
  }

  /** The number of requests that were sent, or may have been sent. */
  get made(): number {
    let sum = 0;
    for (const { granted, unused } of this.#counts.values()) sum += granted - unused;
    return sum;
  }

  /** The number of permits that may still be used, or whose use is not reported yet. */
  get live(): number {
    return this.#heldBy((worker) => !this.#lost.has(worker));
  }

  /** The number of permits that lost workers hold. */
  get uncertain(): number {
    return this.#heldBy((worker) => this.#lost.has(worker));
  }

  hasEnded(worker: number): boolean {
    return this.#ended.has(worker);
  }

  granted(worker: number, count: number): void {
    this.#countsOf(worker).granted += count;
  }

  /** Takes the totals that a worker reports. Returns how many permits can be granted again. */
  reported(worker: number, used: number, unused: number): number {
    if (this.#ended.has(worker)) return 0;
    const counts = this.#countsOf(worker);
    const before = counts.unused;
    counts.unused = Math.max(before, Math.min(unused, counts.granted - counts.used));
    counts.used = Math.max(counts.used, Math.min(used, counts.granted - counts.unused));
    return counts.unused - before;
  }

  /** Takes back permits that the worker never received. Returns how many can be granted again. */
  returned(worker: number, count: number): number {
    const counts = this.#countsOf(worker);
    const returned = this.#ended.has(worker) ? 0 : Math.min(count, counts.granted - counts.used - counts.unused);
    counts.granted -= returned;
    return returned;
  }

  lose(worker: number): void {
    if (!this.#ended.has(worker)) this.#lost.add(worker);
  }

  find(worker: number): void {
    this.#lost.delete(worker);
  }

  /**
   * Takes back the unused permits of a worker whose process has ended. `used`: how many it used in all. Returns how
   * many can be granted again.
   */
  end(worker: number, used: number): number {
    const counts = this.#countsOf(worker);
    const before = counts.unused;
    counts.used = Math.max(counts.used, Math.min(used, counts.granted - before));
    counts.unused = counts.granted - counts.used;
    this.#ended.add(worker);
    this.#lost.delete(worker);
    return counts.unused - before;
  }

  #heldBy(is: (worker: number) => boolean): number {
    let sum = 0;
    for (const [worker, { granted, used, unused }] of this.#counts) if (is(worker)) sum += granted - used - unused;
    return sum;
  }

  #countsOf(worker: number): Counts {
    let counts = this.#counts.get(worker);
    if (counts === undefined) {
      counts = { granted: 0, used: 0, unused: 0 };
      this.#counts.set(worker, counts);
    }
    return counts;
  }
}
