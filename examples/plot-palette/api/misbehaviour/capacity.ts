import type { ScaleOut } from "./scale-out.ts";

/** Rounding of time sums, in requests. */
const ROUNDING = 1e-6;

/**
 * One server with a first-in, first-out queue, kept as a single number: when it will be idle.
 *
 *     now        idle at
 *      |--s--|--s--|--s--|      s = 1 / rate; a request arriving now is served in the last place
 *
 * Once a scale-out is ordered its time is known, so requests that arrive then and wait across it are served faster
 * after it. Those that arrived before the order keep their times: that is less than a second of work.
 */
export class Capacity {
  readonly #serviceMs: number;
  readonly #queueLimit: number;
  readonly #scaleOut: ScaleOut | undefined;
  #idleAtMs = Number.NEGATIVE_INFINITY;

  constructor(requestsPerSecond: number, queueLimit: number, scaleOut?: ScaleOut) {
    this.#serviceMs = 1_000 / requestsPerSecond;
    this.#queueLimit = queueLimit;
    this.#scaleOut = scaleOut;
  }

  /** When a request that arrives now will have been served; undefined when the queue is full. */
  finishMs(nowMs: number): number | undefined {
    this.#scaleOut?.arrived(nowMs);
    const present = Math.ceil(this.#work(nowMs, this.#idleAtMs) / this.#serviceMs - ROUNDING);
    // One of those present is being served, the others wait.
    if (present > 0 && present - 1 >= this.#queueLimit) return undefined;
    this.#idleAtMs = this.#after(Math.max(nowMs, this.#idleAtMs), this.#serviceMs);
    return this.#idleAtMs;
  }

  /** The requests that wait while one is served. */
  waiting(nowMs: number): number {
    return Math.max(0, Math.ceil(this.#work(nowMs, this.#idleAtMs) / this.#serviceMs - ROUNDING) - 1);
  }

  /** Work done from one time to another, in ms of the server before it scaled out. */
  #work(fromMs: number, toMs: number): number {
    if (toMs <= fromMs) return 0;
    const { effectiveAtMs = Number.POSITIVE_INFINITY, factor = 1 } = this.#scaleOut ?? {};
    const slowMs = Math.max(0, Math.min(toMs, effectiveAtMs) - fromMs);
    return slowMs + (toMs - fromMs - slowMs) * factor;
  }

  /** When an amount of work is done that starts at `fromMs`. */
  #after(fromMs: number, workMs: number): number {
    const { effectiveAtMs = Number.POSITIVE_INFINITY, factor = 1 } = this.#scaleOut ?? {};
    const slowMs = Math.min(workMs, Math.max(0, effectiveAtMs - fromMs));
    return fromMs + slowMs + (workMs - slowMs) / factor;
  }
}
