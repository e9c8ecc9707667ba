/** Reports can be seconds apart in a process that runs, as while its master is away: so they are not what is looked at. */
const lookEveryMs = 500;
/** When more time than this has passed since the last look, the process stood still in between. */
const longestGapMs = 2_000;

/** The time in ms that virtual users of a closed load ran: of all of them together, while each was to run. */
export class UserTime {
  readonly #nowMs: () => number;
  readonly #running = new Set<number>();
  readonly #looks = setInterval(() => this.#look(), lookEveryMs).unref();
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

  /** All users end, and none is added. */
  clear(): void {
    this.#look();
    clearInterval(this.#looks);
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
