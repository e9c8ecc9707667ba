/** The master sends a message every second while the socket is open: a shorter silence is not a loss of the master. */
const shortestSilenceMs = 2_500;

/** Detects, once, that the master has been silent for so long that the load must stop. */
export class OrphanWatch {
  /** The time that a load continues without a master, in ms. */
  timeoutMs = Number.POSITIVE_INFINITY;
  readonly #silence: Silence;
  #isOrphaned = false;

  constructor(nowMs: number) {
    this.#silence = new Silence(nowMs);
  }

  get silentMs(): number {
    return this.#silence.silentMs;
  }

  /** Called for each message of the master, over any socket. */
  heard(): void {
    this.#silence.broken();
  }

  /** Call it about every 100 ms. Returns true when the load must stop. @param isIn whether a socket to a master is open */
  pass(nowMs: number, runs: boolean, isIn: boolean): boolean {
    this.#silence.pass(nowMs);
    if (this.#isOrphaned || !runs) return false;
    this.#isOrphaned = this.silentMs >= (isIn ? Math.max(this.timeoutMs, shortestSilenceMs) : this.timeoutMs);
    return this.#isOrphaned;
  }
}

/** The maximum time that counts between two calls, in ms. */
const longestStepMs = 250;

/**
 * Measures for how long something has not happened. Only time in which this thread ran counts: a process that was stopped
 * and continued (SIGSTOP, SIGCONT) has not missed anything.
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

  /** Adds the time since the last call. Call it about every 100 ms. */
  pass(nowMs: number): void {
    this.#silentMs += Math.max(0, Math.min(nowMs - this.#lookedAtMs, longestStepMs));
    this.#lookedAtMs = nowMs;
  }

  /** Restarts the measurement: the thing has happened. */
  broken(): void {
    this.#silentMs = 0;
  }
}
