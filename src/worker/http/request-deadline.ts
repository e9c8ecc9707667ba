import { WheelTimer } from "../time/timer-wheel.ts";
import { deadlines } from "./deadlines.ts";
import { RequestTimeout } from "./response/failure.ts";
import type { TimeLimits } from "./time-limits.ts";

/** The tolerance of a deadline. */
const latenessMs = 10;

/** What the request waits for. `test`: a streamed response is paused until the test reads more. */
type Wait = "connect" | "headers" | "body" | "test";

const messages: Readonly<Record<Wait | "total" | "unread", string>> = {
  connect: "no connection",
  headers: "no complete response headers",
  body: "no more body data",
  test: "no reader of the response",
  total: "no complete response",
  unread: "the test had not read the whole response",
};

/**
 * The time limits of one request at a time. A request waits for one phase after the other, each with a limit, and also has a
 * total limit:
 *
 *   connect -> headers -> body -> over
 *
 * Its timer is in the wheel for the earliest time at which any limit could expire, or for an earlier time set by a previous
 * request. Only when the timer expires does it check which limit applies: most requests have ended by then and need no wheel
 * entry of their own.
 */
export abstract class RequestDeadline extends WheelTimer {
  #limits: TimeLimits | null = null;
  #wait: Wait = "connect";
  #waitsSinceMs = 0;
  #totalSinceMs = 0;

  /** Called when a limit has expired. */
  protected abstract overdue(reason: RequestTimeout): void;

  /** Starts the limits of a request, at `nowMs`. */
  protected beginTime(limits: TimeLimits, nowMs: number): void {
    this.#limits = limits;
    this.#wait = "connect";
    this.#waitsSinceMs = nowMs;
    this.#totalSinceMs = nowMs;
    deadlines.begin(this, nowMs + limits.shortestMs, nowMs);
  }

  /** Called when the first byte is being sent. */
  protected sentAt(sentMs: number, hadConnection: boolean): void {
    // There was a connection, but the request is late: the test's code blocked the process. The total limit does not include
    // this time.
    if (hadConnection && sentMs > this.#totalSinceMs + latenessMs) this.#totalSinceMs = sentMs;
    this.#wait = "headers";
    this.#waitsSinceMs = sentMs;
  }

  /** Called at `nowMs`, when the request waits for a connection again. Its total limit does not change. */
  protected connectsAgain(nowMs: number): void {
    this.#wait = "connect";
    this.#waitsSinceMs = nowMs;
  }

  /** Called when the head or a part of the body has arrived. */
  protected gotAnswer(): void {
    this.#wait = "body";
    if (this.#limits !== null && this.#limits.bodyMs < Infinity) this.#waitsSinceMs = performance.now();
  }

  /** Called when the response waits until the test reads more: only the total limit applies. */
  protected waitsForTest(): void {
    this.#wait = "test";
  }

  /** Ends the limits of the request. */
  endTime(): void {
    if (this.#limits === null) return;
    this.#limits = null;
    deadlines.end();
  }

  /** Removes the timer for good: there will be no more requests. */
  forget(): void {
    this.endTime();
    deadlines.forget(this);
  }

  override expire(): void {
    const limits = this.#limits;
    if (limits === null) return;
    const nowMs = performance.now();
    const limitMs = limitOf(limits, this.#wait);
    const dueMs = this.#waitsSinceMs + limitMs;
    const totalDueMs = this.#totalSinceMs + limits.totalMs;
    if (dueMs <= nowMs && dueMs <= totalDueMs) this.#strike(this.#wait, limitMs);
    else if (totalDueMs <= nowMs) this.#strike(this.#wait === "test" ? "unread" : "total", limits.totalMs);
    else deadlines.prolong(this, Math.min(dueMs, totalDueMs, nowMs + limits.shortestMs), nowMs);
  }

  #strike(what: Wait | "total" | "unread", limitMs: number): void {
    this.overdue(new RequestTimeout(`${messages[what]} within ${limitMs} ms`));
  }
}

function limitOf({ connectMs, headersMs, bodyMs }: TimeLimits, wait: Wait): number {
  if (wait === "connect") return connectMs;
  if (wait === "test") return Infinity;
  return wait === "headers" ? headersMs : bodyMs;
}
