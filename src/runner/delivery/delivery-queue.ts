import type { Logger } from "pino";
import { attempt } from "./delivery-attempt.ts";
import { DeliveryTally } from "./delivery-tally.ts";
import type { DeliveryTarget } from "./delivery-target.ts";

export interface DeliveryLimits {
  /** The number of bodies that wait, and of their bytes together. */
  readonly mostWaiting: number;
  readonly mostWaitingBytes: number;
  readonly attemptTimeoutMs: number;
  /** The delay before the first retry; it doubles with each further one, up to the longest. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** How long `drain` waits. */
  readonly drainTimeoutMs: number;
}

const mostWaiting = 1_000;
const mostWaitingBytes = 32_000_000;
const attemptTimeoutMs = 10_000;
const drainTimeoutMs = 5_000;
const usualLimits: DeliveryLimits = {
  mostWaiting,
  mostWaitingBytes,
  attemptTimeoutMs,
  firstDelayMs: 1_000,
  longestDelayMs: 30_000,
  drainTimeoutMs,
};

/**
 * Delivers bodies to a receiver in the background: one at a time, in order, with timeouts and retries. A receiver that is slow,
 * down or refuses cannot slow the caller: what waits is bounded, and what is not delivered is counted.
 */
export class DeliveryQueue {
  readonly #target: DeliveryTarget;
  readonly #log: Pick<Logger, "warn">;
  readonly #limits: DeliveryLimits;
  readonly #closed = new AbortController();
  readonly #tally = new DeliveryTally();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Delivers what waits; null while nothing does. */
  #delivering: Promise<void> | null = null;
  /** Until when `drain` waits, on the clock of `performance.now()`; null before it is called. */
  #deadlineMs: number | null = null;
  /** Ends the wait before a retry. */
  #wake = () => {};

  constructor(target: DeliveryTarget, log: Pick<Logger, "warn">, limits: Partial<DeliveryLimits> = {}) {
    this.#target = target;
    this.#log = log;
    this.#limits = { ...usualLimits, ...limits };
  }

  /** Adds a body to deliver, and returns at once. If too much waits, the oldest is dropped. */
  add(body: Uint8Array): void {
    this.#tally.added();
    if (this.#closed.signal.aborted) {
      this.#tally.lost("the run had ended");
      return;
    }
    const { mostWaiting, mostWaitingBytes } = this.#limits;
    this.#waiting.push(body);
    this.#waitingBytes += body.length;
    while (this.#waiting.length > 1 && (this.#waiting.length > mostWaiting || this.#waitingBytes > mostWaitingBytes)) {
      this.#take();
      this.#tally.lost("too much waited");
    }
    this.#delivering ??= this.#deliver();
  }

  /**
   * Tries to deliver everything that waits, for as long as the limits say.
   * @returns one sentence about what was not delivered; null if everything was. Never rejects
   */
  async drain(): Promise<string | null> {
    const { drainTimeoutMs } = this.#limits;
    this.#deadlineMs = performance.now() + drainTimeoutMs;
    const timer = setTimeout(() => this.close(), drainTimeoutMs);
    this.#wake();
    await this.#delivering;
    clearTimeout(timer);
    const text = this.#tally.describe();
    return text === null ? null : `${this.#target.name}: ${text}`;
  }

  /** Aborts what is under way, and drops what waits. */
  close(): void {
    this.#closed.abort();
    this.#wake();
  }

  async #deliver(): Promise<void> {
    for (let body = this.#take(); body !== undefined; body = this.#take()) {
      if (await this.#deliverOne(body)) continue;
      this.#giveUp();
      break;
    }
    this.#delivering = null;
  }

  /** Returns false if there is no time for further attempts. */
  async #deliverOne(body: Uint8Array): Promise<boolean> {
    const { attemptTimeoutMs, firstDelayMs, longestDelayMs } = this.#limits;
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, longestDelayMs)) {
      if (this.#closed.signal.aborted) return false;
      const bytes = body as Uint8Array<ArrayBuffer>;
      const made = await attempt(this.#target, bytes, attemptTimeoutMs, this.#closed.signal);
      if (made.kind === "delivered") {
        this.#tally.delivered(made.refused);
        if (made.refused !== null) this.#warnOnce(`not all of it was taken: ${made.refused}`);
        return true;
      }
      if (this.#closed.signal.aborted) return false;
      this.#tally.failed(made.fault);
      if (made.kind === "refused") {
        this.#tally.lost(made.fault);
        this.#warnOnce(`refused with ${made.fault}; what is refused is not sent again`);
        return true;
      }
      this.#warnOnce(`${made.fault}; it is tried again, and the run is not affected`);
      // A part is random, so that many masters do not retry at the same time.
      if (!(await this.#wait(made.afterMs, delayMs * (0.5 + Math.random() / 2)))) return false;
    }
  }

  /**
   * Waits before a retry. `drain` ends the wait, but not one that the receiver has asked for.
   * @returns false if there is no time to wait for so long
   */
  async #wait(askedMs: number | null, delayMs: number): Promise<boolean> {
    const dueMs = performance.now() + Math.max(askedMs ?? 0, delayMs);
    const mayWake = askedMs === null && this.#deadlineMs === null;
    for (let nowMs = performance.now(); nowMs < dueMs; nowMs = performance.now()) {
      if (this.#closed.signal.aborted || (this.#deadlineMs !== null && dueMs > this.#deadlineMs && !mayWake))
        return false;
      if (this.#deadlineMs !== null && mayWake) return true;
      await this.#sleep(dueMs - nowMs);
    }
    return true;
  }

  async #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    this.#wake = () => {};
  }

  #take(): Uint8Array | undefined {
    const body = this.#waiting.shift();
    this.#waitingBytes -= body?.length ?? 0;
    return body;
  }

  /** The body under way, and all that wait, are not delivered. */
  #giveUp(): void {
    const why = "no answer before the run had ended";
    this.#tally.lost(why);
    while (this.#take() !== undefined) this.#tally.lost(why);
  }

  #warnOnce(text: string): void {
    if (!this.#tally.isFirstWarning()) return;
    this.#log.warn(`${this.#target.name}: ${text}`);
  }
}
