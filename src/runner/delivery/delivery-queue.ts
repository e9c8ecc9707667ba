import type { Logger } from "pino";
import { attempt } from "./delivery-attempt.ts";
import { DeliveryTally } from "./delivery-tally.ts";
import type { Attempt, DeliveryTarget } from "./delivery-target.ts";
import { WaitingBodies, type WaitingBody } from "./waiting-bodies.ts";

export interface DeliveryLimits {
  /** The maximum number of waiting bodies, and of their bytes together. */
  readonly mostWaiting: number;
  readonly mostWaitingBytes: number;
  readonly attemptTimeoutMs: number;
  /** The failed answers after which a body is given up if others wait: it may be the cause. */
  readonly mostAnswers: number;
  /** The delay before the first retry; it doubles with each further one, up to the longest. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** How long `drain` waits. */
  readonly drainTimeoutMs: number;
  /** How long `drain` sends older bodies before it skips to the final ones. */
  readonly olderTimeoutMs: number;
}

const mostWaiting = 1_000;
const mostWaitingBytes = 32_000_000;
const attemptTimeoutMs = 10_000;
const mostAnswers = 6;
const drainTimeoutMs = 5_000;
const olderTimeoutMs = 2_500;
const usualLimits: DeliveryLimits = {
  mostWaiting,
  mostWaitingBytes,
  attemptTimeoutMs,
  mostAnswers,
  firstDelayMs: 1_000,
  longestDelayMs: 30_000,
  drainTimeoutMs,
  olderTimeoutMs,
};

const ended = "no answer before the run ended";

/**
 * Delivers bodies to a receiver in the background: one at a time, in order, with timeouts and retries. A receiver that is slow,
 * is down or refuses bodies cannot slow the caller: the number of waiting bodies is bounded, and lost bodies are counted.
 */
export class DeliveryQueue {
  readonly #target: DeliveryTarget;
  readonly #log: Pick<Logger, "warn">;
  readonly #limits: DeliveryLimits;
  readonly #closed = new AbortController();
  readonly #tally = new DeliveryTally();
  readonly #waiting: WaitingBodies;
  /** Aborts the delivery of the current body. */
  #skip = new AbortController();
  #isFinalUnderWay = false;
  /** Resolves when the waiting bodies have been delivered or dropped; null while none wait. */
  #delivering: Promise<void> | null = null;
  /** The time until which `drain` waits, on the clock of `performance.now()`; null before it is called. */
  #deadlineMs: number | null = null;
  /** Ends the wait before a retry. */
  #wake = () => {};

  constructor(target: DeliveryTarget, log: Pick<Logger, "warn">, limits: Partial<DeliveryLimits> = {}) {
    this.#target = target;
    this.#log = log;
    this.#limits = { ...usualLimits, ...limits };
    this.#waiting = new WaitingBodies(this.#limits.mostWaiting, this.#limits.mostWaitingBytes);
  }

  /**
   * Adds a body to deliver, and returns at once. If too many bodies wait, the oldest are dropped.
   * @param isFinal whether the body matters more than earlier ones: `drain` reserves time for it
   */
  add(body: Uint8Array, isFinal = false): void {
    this.#tally.added();
    if (this.#closed.signal.aborted) {
      this.#tally.lost("the run had ended");
      return;
    }
    this.#tally.lost("the queue was full", this.#waiting.add({ body, isFinal }));
    this.#delivering ??= this.#deliver();
  }

  /**
   * Tries to deliver all waiting bodies for up to `drainTimeoutMs`. After `olderTimeoutMs`, older bodies are dropped if final ones wait.
   * @returns one sentence about what was not delivered; null if everything was. Never rejects
   */
  async drain(): Promise<string | null> {
    const { drainTimeoutMs, olderTimeoutMs } = this.#limits;
    this.#deadlineMs = performance.now() + drainTimeoutMs;
    const timers = [
      setTimeout(() => this.#skipOlder(), olderTimeoutMs),
      setTimeout(() => this.close(), drainTimeoutMs),
    ];
    this.#wake();
    await this.#delivering;
    for (const timer of timers) clearTimeout(timer);
    const text = this.#tally.describe();
    return text === null ? null : `${this.#target.name}: ${text}`;
  }

  /** Aborts the delivery of the current body, and drops the waiting bodies. */
  close(): void {
    this.#closed.abort();
    this.#wake();
  }

  async #deliver(): Promise<void> {
    for (let one = this.#waiting.take(); one !== undefined; one = this.#waiting.take()) {
      this.#isFinalUnderWay = one.isFinal;
      this.#skip = new AbortController();
      if (await this.#deliverOne(one)) continue;
      // The current body and all waiting ones are not delivered.
      this.#tally.lost(ended, 1 + this.#waiting.dropAll());
      break;
    }
    this.#delivering = null;
  }

  /** Delivers one body. Returns whether to continue with the next body; false if there is no time for further attempts. */
  async #deliverOne({ body, isFinal }: WaitingBody): Promise<boolean> {
    const { attemptTimeoutMs, firstDelayMs, longestDelayMs, mostAnswers } = this.#limits;
    const stopped = AbortSignal.any([this.#closed.signal, this.#skip.signal]);
    let answers = 0;
    for (let delayMs = firstDelayMs; !stopped.aborted; delayMs = Math.min(2 * delayMs, longestDelayMs)) {
      const made = await attempt(this.#target, body as Uint8Array<ArrayBuffer>, attemptTimeoutMs, stopped);
      if (made.kind === "delivered") {
        this.#noteDelivered(made.refused);
        return true;
      }
      if (stopped.aborted) break;
      this.#noteFailed(made);
      if (made.kind === "refused") return this.#lose(made.fault);
      answers += Number(made.mayBeBody);
      if (answers >= mostAnswers && this.#waiting.length > 0) return this.#lose(made.fault);
      // A part is random, so that many masters do not retry at the same time.
      if (await this.#wait(made.afterMs, delayMs * (0.5 + Math.random() / 2))) continue;
      return this.#mayGoOn(made.mayBeBody, isFinal) && this.#lose(made.fault);
    }
    return this.#lose(ended);
  }

  /**
   * Whether to continue at the end of the run: the next bodies may succeed if this one was the cause. If the receiver is gone,
   * only final ones are tried.
   */
  #mayGoOn(mayBeBody: boolean, isFinal: boolean): boolean {
    return mayBeBody || (!isFinal && this.#skipOlder());
  }

  #noteDelivered(refused: string | null): void {
    this.#tally.delivered(refused);
    if (refused !== null) this.#warnOnce(`not all of it was accepted: ${refused}`);
  }

  #noteFailed({ kind, fault }: Exclude<Attempt, { readonly kind: "delivered" }>): void {
    this.#tally.failed(fault);
    const next = "; it is tried again, and the run is not affected";
    this.#warnOnce(kind === "refused" ? `refused with ${fault}; refused data is not sent again` : fault + next);
  }

  /** Counts the current body as lost. Returns whether to continue with the next one. */
  #lose(why: string): boolean {
    if (this.#closed.signal.aborted) return false;
    this.#tally.lost(why);
    return true;
  }

  /** Skips to the final bodies. Returns false if no waiting body is final. */
  #skipOlder(): boolean {
    const dropped = this.#waiting.dropOlder();
    if (dropped === null) return false;
    this.#tally.lost(ended, dropped);
    if (!this.#isFinalUnderWay) this.#skip.abort();
    this.#wake();
    return true;
  }

  /**
   * Waits before a retry. `drain` ends the wait, but not one that the receiver has asked for.
   * @returns false if not enough time remains for the wait
   */
  async #wait(askedMs: number | null, delayMs: number): Promise<boolean> {
    const dueMs = performance.now() + Math.max(askedMs ?? 0, delayMs);
    const mayWake = askedMs === null && this.#deadlineMs === null;
    for (let nowMs = performance.now(); nowMs < dueMs; nowMs = performance.now()) {
      if (this.#skip.signal.aborted) return true;
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

  #warnOnce(text: string): void {
    if (!this.#tally.isFirstWarning()) return;
    this.#log.warn(`${this.#target.name}: ${text}`);
  }
}
