import type { Delay } from "./delay.ts";

/** The same latency for all. */
export class FixedLatency implements Delay {
  readonly #latencyMs: number;

  constructor(latencyMs: number) {
    this.#latencyMs = latencyMs;
  }

  delayMs(): number {
    return this.#latencyMs;
  }
}

/** Latency with a long tail, as services have it: half of it below `medianMs`, spread by `sigma`. */
export class LognormalLatency implements Delay {
  readonly #medianMs: number;
  readonly #sigma: number;
  readonly #random: () => number;

  /** `random` is uniform in [0, 1). */
  constructor(medianMs: number, sigma: number, random: () => number) {
    this.#medianMs = medianMs;
    this.#sigma = sigma;
    this.#random = random;
  }

  delayMs(): number {
    // Box-Muller; 1 - random is never 0, the logarithm never infinite.
    const normal = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return this.#medianMs * Math.exp(this.#sigma * normal);
  }
}
