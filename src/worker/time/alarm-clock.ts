import { TimerWheel, type WheelTimer } from "./timer-wheel.ts";

/**
 * Wakes the users that sleep: all of them lie in one wheel, and one timer of Node.js is set for the next slot with any in
 * it. So a sleeping user costs nothing, and to fall asleep takes no timer of its own.
 */
class AlarmClock {
  readonly #wheel = new TimerWheel(1);
  #timer: NodeJS.Timeout | null = null;
  #wakesAtMs = Number.POSITIVE_INFINITY;

  /** `timer` expires in `delayMs`, or a little later. */
  set(timer: WheelTimer, delayMs: number): void {
    const nowMs = performance.now();
    this.#wheel.add(timer, nowMs + delayMs, nowMs);
    if (timer.dueTick < this.#wakesAtMs) this.#wakeAt(Math.min(timer.dueTick, nowMs + this.#wheel.spanMs), nowMs);
  }

  cancel(timer: WheelTimer): void {
    this.#wheel.remove(timer);
    if (this.#wheel.size === 0) this.#rest();
  }

  readonly #wake = (): void => {
    const nowMs = performance.now();
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
    this.#wheel.advance(nowMs);
    const nextMs = this.#wheel.nextMs;
    if (nextMs === null) this.#rest();
    else if (nextMs < this.#wakesAtMs) this.#wakeAt(nextMs, nowMs);
  };

  #wakeAt(atMs: number, nowMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wakesAtMs = atMs;
    this.#timer = setTimeout(this.#wake, Math.max(1, Math.ceil(atMs - nowMs)));
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
  }
}

export const alarmClock = new AlarmClock();
