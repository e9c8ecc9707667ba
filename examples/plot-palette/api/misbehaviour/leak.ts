import type { Delay } from "./delay.ts";

/** Latency that grows evenly from the time it was set, as with a leak: what a soak test must find. */
export class Leak implements Delay {
  readonly #msPerMinute: number;
  readonly #sinceMs: number;

  constructor(msPerMinute: number, nowMs: number) {
    this.#msPerMinute = msPerMinute;
    this.#sinceMs = nowMs;
  }

  delayMs(nowMs: number): number {
    return (this.#msPerMinute * (nowMs - this.#sinceMs)) / 60_000;
  }
}
