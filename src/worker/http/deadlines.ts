import { TimerWheel, type WheelTimer } from "../time/timer-wheel.ts";

const tickMs = 10;
/** A tick that is this late shows that the process was busy or suspended. */
const lateMs = 5 * tickMs;

/**
 * The deadlines of all requests of this process, in one timer wheel. One Node.js timer turns the wheel while a request
 * is open.
 */
class Deadlines {
  readonly #wheel = new TimerWheel(tickMs);
  #pendingCount = 0;
  #isTurning = false;
  #nextTickMs = 0;

  /**
   * Starts the deadline of a request at `nowMs`. The timer expires at `deadlineMs` or earlier: it may still be in the
   * wheel for an earlier request, so that a user who sends one request after another does not add and remove it each
   * time.
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

  /** Ends the deadline of a request. Its timer remains in the wheel. */
  end(): void {
    this.#pendingCount--;
  }

  /** Adds the timer again after it has expired while its request is still open. */
  prolong(timer: WheelTimer, deadlineMs: number, nowMs: number): void {
    this.#wheel.add(timer, deadlineMs, nowMs);
  }

  /** Removes the timer for good. */
  forget(timer: WheelTimer): void {
    this.#wheel.remove(timer);
  }

  #schedule(nowMs: number): void {
    this.#nextTickMs = nowMs + tickMs;
    setTimeout(this.#tick, tickMs);
  }

  readonly #tick = (): void => {
    // Responses may have arrived while the process was busy. They were in time, so they are read before the deadlines
    // expire.
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
