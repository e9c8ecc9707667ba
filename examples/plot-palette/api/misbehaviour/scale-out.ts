import { SlidingSecond } from "./sliding-second.ts";

/** The share of capacity at which more of it is ordered. */
const TRIGGER_SHARE = 0.8;

/** Capacity that grows once, some time after the load came close to it. */
export class ScaleOut {
  readonly factor: number;
  /** When the added capacity is there; infinite until it was ordered. */
  effectiveAtMs = Number.POSITIVE_INFINITY;
  readonly #afterMs: number;
  readonly #arrivals: SlidingSecond;

  constructor(afterMs: number, factor: number, requestsPerSecond: number) {
    this.factor = factor;
    this.#afterMs = afterMs;
    this.#arrivals = new SlidingSecond(Math.max(1, Math.floor(TRIGGER_SHARE * requestsPerSecond)));
  }

  /** A request arrived. */
  arrived(nowMs: number): void {
    if (this.effectiveAtMs !== Number.POSITIVE_INFINITY) return;
    if (this.#arrivals.isFull(nowMs)) this.effectiveAtMs = nowMs + this.#afterMs;
    this.#arrivals.mark(nowMs);
  }
}
