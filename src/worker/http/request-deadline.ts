import { WheelTimer } from "../time/timer-wheel.ts";
import { deadlines } from "./deadlines.ts";
import { RequestTimeout } from "./response/failure.ts";
import type { TimeLimits } from "./time-limits.ts";

/** As exact as deadlines are anyway. */
const latenessMs = 10;

type Wait = "connect" | "headers" | "body";

const messages: Readonly<Record<Wait | "total", string>> = {
  connect: "no connection",
  headers: "no complete head of a response",
  body: "no more of the body",
  total: "no complete response",
};

/**
 * The time limits of one request after the other: at any time it waits for one thing, and all of it has a limit too.
 *
 *   connect -> headers -> body -> over
 *
 * It stands in the wheel for the earliest time at which any limit could strike, or from an earlier request for a time
 * before, and looks only then which one holds: most requests are over by then, and cost no entry of their own.
 */
export abstract class RequestDeadline extends WheelTimer {
  #limits: TimeLimits | null = null;
  #wait: Wait = "connect";
  #waitsSinceMs = 0;
  #totalSinceMs = 0;

  /** A limit has struck. */
  protected abstract overdue(reason: RequestTimeout): void;

  /** The request is asked for; it is `nowMs`. */
  protected beginTime(limits: TimeLimits, nowMs: number): void {
    this.#limits = limits;
    this.#wait = "connect";
    this.#waitsSinceMs = nowMs;
    this.#totalSinceMs = nowMs;
    deadlines.begin(this, nowMs + limits.shortestMs, nowMs);
  }

  /** Its first byte is on the way. */
  protected sentAt(sentMs: number, hadConnection: boolean): void {
    // There was a connection, and yet it is late: the test's code kept the process busy, which is no time to answer.
    if (hadConnection && sentMs > this.#totalSinceMs + latenessMs) this.#totalSinceMs = sentMs;
    this.#wait = "headers";
    this.#waitsSinceMs = sentMs;
  }

  /** It waits for a connection again. The limit on all of it goes on. */
  protected connectsAgain(nowMs: number): void {
    this.#wait = "connect";
    this.#waitsSinceMs = nowMs;
  }

  /** The head or some content has come. */
  protected gotAnswer(): void {
    this.#wait = "body";
    if (this.#limits !== null && this.#limits.bodyMs < Infinity) this.#waitsSinceMs = performance.now();
  }

  /** The request is over. */
  endTime(): void {
    if (this.#limits === null) return;
    this.#limits = null;
    deadlines.end();
  }

  /** There will be no more requests. */
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
    else if (totalDueMs <= nowMs) this.#strike("total", limits.totalMs);
    else deadlines.prolong(this, Math.min(dueMs, totalDueMs, nowMs + limits.shortestMs), nowMs);
  }

  #strike(what: Wait | "total", limitMs: number): void {
    this.overdue(new RequestTimeout(`${messages[what]} within ${limitMs} ms`));
  }
}

function limitOf({ connectMs, headersMs, bodyMs }: TimeLimits, wait: Wait): number {
  if (wait === "connect") return connectMs;
  return wait === "headers" ? headersMs : bodyMs;
}
