/**
 * The time between two looks at the clock, in ms. Reports cannot serve as looks: in a running process they can be seconds
 * apart, for example while its master is away.
 */
const lookEveryMs = 500;
/** If more time than this, in ms, has passed since the last look, the process stood still in between. */
const longestGapMs = 2_000;

/** Measures how long the virtual users of a closed load ran: the sum of the times, in ms, during which each user had to run. */
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

  /** The time in which the process and its users stood still counts as late. */
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

  /** Called when all users end and no user will be added. */
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
