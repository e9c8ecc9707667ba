import { SlidingSecond } from "./sliding-second.ts";

/** Lets at most a number of requests pass in any second; only the excess fails. */
export class ErrorCliff {
  readonly #passed: SlidingSecond;

  constructor(requestsPerSecond: number) {
    this.#passed = new SlidingSecond(requestsPerSecond);
  }

  passes(nowMs: number): boolean {
    if (this.#passed.isFull(nowMs)) return false;
    this.#passed.mark(nowMs);
    return true;
  }
}
