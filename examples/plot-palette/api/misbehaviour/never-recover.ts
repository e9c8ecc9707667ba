import type { Delay } from "./delay.ts";
import { SlidingSecond } from "./sliding-second.ts";

/** A metastable failure: once the arrival rate was too high, latency stays, however low the load goes afterwards. */
export class NeverRecover implements Delay {
  readonly #latencyMs: number;
  readonly #arrivals: SlidingSecond;
  #failed = false;

  constructor(aboveRequestsPerSecond: number, latencyMs: number) {
    this.#latencyMs = latencyMs;
    this.#arrivals = new SlidingSecond(aboveRequestsPerSecond);
  }

  delayMs(nowMs: number): number {
    if (!this.#failed) {
      this.#failed = this.#arrivals.isFull(nowMs);
      this.#arrivals.mark(nowMs);
    }
    return this.#failed ? this.#latencyMs : 0;
  }
}
