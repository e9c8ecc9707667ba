/** While the socket stands a word is due every second: less than this is no loss of the master. */
const shortestSilenceMs = 2_500;

/** Notices that the master has not said a word for so long that the load has to stop; once. */
export class OrphanWatch {
  /** How long a load goes on without a master. */
  timeoutMs = Number.POSITIVE_INFINITY;
  readonly #silence: Silence;
  #isOrphaned = false;

  constructor(nowMs: number) {
    this.#silence = new Silence(nowMs);
  }

  get silentMs(): number {
    return this.#silence.silentMs;
  }

  /** The master has said something, over whatever socket. */
  heard(): void {
    this.#silence.broken();
  }

  /** To be called every 100 ms or so; true when the load has to stop now. `isIn`: there is a socket to a master. */
  pass(nowMs: number, runs: boolean, isIn: boolean): boolean {
    this.#silence.pass(nowMs);
    if (this.#isOrphaned || !runs) return false;
    this.#isOrphaned = this.silentMs >= (isIn ? Math.max(this.timeoutMs, shortestSilenceMs) : this.timeoutMs);
    return this.#isOrphaned;
  }
}

/** The most that counts between two looks. */
const longestStepMs = 250;

/**
 * For how long something has not happened. Only time in which this thread was there to notice counts: a process that
 * was stopped and goes on (SIGSTOP, SIGCONT) has missed nothing yet.
 */
export class Silence {
  #silentMs = 0;
  #lookedAtMs: number;

  constructor(nowMs: number) {
    this.#lookedAtMs = nowMs;
  }

  get silentMs(): number {
    return this.#silentMs;
  }

  /** To be called every 100 ms or so. */
  pass(nowMs: number): void {
    this.#silentMs += Math.max(0, Math.min(nowMs - this.#lookedAtMs, longestStepMs));
    this.#lookedAtMs = nowMs;
  }

  /** It has happened. */
  broken(): void {
    this.#silentMs = 0;
  }
}
