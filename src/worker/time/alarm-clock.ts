import { TimerWheel, WheelTimer } from "./timer-wheel.ts";

/** One wait of a user. It ends after its time, or when the user checks its waits and `isOver` returns true. */
export class Sleep extends WheelTimer {
  readonly #end: () => void;
  readonly #isOver: () => boolean;
  /** All open waits of the user, including this one. */
  readonly #all: Set<Sleep>;

  private constructor(end: () => void, isOver: () => boolean, all: Set<Sleep>) {
    super();
    this.#end = end;
    this.#isOver = isOver;
    this.#all = all;
  }

  static begin(durationMs: number, isOver: () => boolean, all: Set<Sleep>): Promise<void> {
    if (isOver()) return Promise.resolve();
    return new Promise((resolve) => {
      const sleep = new Sleep(resolve, isOver, all);
      all.add(sleep);
      alarmClock.set(sleep, durationMs);
    });
  }

  look(): void {
    if (!this.#isOver()) return;
    alarmClock.cancel(this);
    this.expire();
  }

  override expire(): void {
    this.#all.delete(this);
    this.#end();
  }
}

/**
 * Wakes sleeping users. All are in one timer wheel, and one Node.js timer is set for its next used slot, so that a
 * sleeping user costs nothing and needs no timer of its own.
 */
class AlarmClock {
  readonly #wheel = new TimerWheel(1);
  #timer: NodeJS.Timeout | null = null;
  #wakesAtMs = Number.POSITIVE_INFINITY;

  /** Expires `timer` in `delayMs`, or a little later. */
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

const alarmClock = new AlarmClock();
