const secondMs = 1_000;

interface Second {
  peak: number;
  readonly byClass: Map<string, number>;
}

/**
 * The most virtual users at the same time, second by second: every worker reports each second once, some several of them in
 * one report. So what is said of a second adds up, and the users of a wide window are those of its fullest second.
 */
export class UsersBySecond {
  /** By their start. */
  readonly #seconds = new Map<number, Second>();

  /** Others that ran at the same time, in each second of [startMs, startMs + widthMs). */
  add(startMs: number, widthMs: number, peak: number, byClass: Iterable<readonly [string, number]>): void {
    const counts = [...byClass];
    for (let atMs = startMs; atMs < startMs + widthMs; atMs += secondMs) this.#addTo(atMs, peak, counts);
  }

  merge(other: UsersBySecond): void {
    for (const [atMs, { peak, byClass }] of other.#seconds) this.#addTo(atMs, peak, byClass);
  }

  /** Of all classes together. */
  get peak(): number {
    let most = 0;
    for (const { peak } of this.#seconds.values()) most = Math.max(most, peak);
    return most;
  }

  /** Of each class; these need not coincide. */
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
