import { TimerWheel, type WheelTimer } from "../time/timer-wheel.ts";

const tickMs = 10;
/** A tick as late as this says that the process was busy, or stopped. */
const lateMs = 5 * tickMs;

/** The deadlines of all requests of this process, in one wheel that one timer turns while a request is under way. */
class Deadlines {
  readonly #wheel = new TimerWheel(tickMs);
  #pendingCount = 0;
  #isTurning = false;
  #nextTickMs = 0;

  /**
   * A request begins; it is `nowMs`. Its timer expires at `deadlineMs` or before: it may stand in the wheel for an earlier
   * request, and a user who sends one after another does not have to put it in and take it out for each.
   */
  begin(timer: WheelTimer, deadlineMs: number, nowMs: number): void {
    this.#pendingCount++;
    if (!this.#wheel.isDueBy(timer, deadlineMs)) {
      this.#wheel.remove(timer);
      this.#wheel.add(timer, deadlineMs, nowMs);
    }
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#schedule(nowMs);
  }

  /** It is over; its timer stays where it is. */
  end(): void {
    this.#pendingCount--;
  }

  /** The timer has expired, and the request is still under way. */
  prolong(timer: WheelTimer, deadlineMs: number, nowMs: number): void {
    this.#wheel.add(timer, deadlineMs, nowMs);
  }

  /** There will be no more requests of this timer. */
  forget(timer: WheelTimer): void {
    this.#wheel.remove(timer);
  }

  #schedule(nowMs: number): void {
    this.#nextTickMs = nowMs + tickMs;
    setTimeout(this.#tick, tickMs);
  }

  readonly #tick = (): void => {
    // Answers may have come while the process was busy, and are read first: they were in time.
    if (performance.now() > this.#nextTickMs + lateMs) setImmediate(this.#turn);
    else this.#turn();
  };

  readonly #turn = (): void => {
    const nowMs = performance.now();
    this.#wheel.advance(nowMs);
    if (this.#pendingCount > 0) this.#schedule(nowMs);
    else this.#isTurning = false;
  };
}

export const deadlines = new Deadlines();
