/**
 * When more time than this has passed since the last look, the process stood still in between. It is looked at for each
 * report, once a second.
 */
const longestGapMs = 2_000;

/** The time in ms that virtual users of a closed load ran: of all of them together, while each was to run. */
export class UserTime {
  readonly #nowMs: () => number;
  readonly #running = new Set<number>();
  #lookedMs: number;
  #made = 0;
  #late = 0;

  /** @param nowMs the time of the run */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#lookedMs = nowMs();
  }

  /** The time in which the process stood still, with its users, is late. */
  get progress() {
    this.#look();
    return { made: Math.round(this.#made), late: Math.round(this.#late), dropped: 0, asked: 0 };
  }

  add(index: number): void {
    this.#look();
    this.#running.add(index);
  }

  remove(index: number): void {
    this.#look();
    this.#running.delete(index);
  }

  clear(): void {
    this.#look();
    this.#running.clear();
  }

  #look(): void {
    const nowMs = this.#nowMs();
    const passedMs = nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    if (passedMs > longestGapMs) this.#late += passedMs * this.#running.size;
    else this.#made += passedMs * this.#running.size;
  }
}
