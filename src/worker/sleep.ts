import { alarmClock } from "./time/alarm-clock.ts";
import { WheelTimer } from "./time/timer-wheel.ts";

/** One wait of a user; it ends with its time, or when the user is told something and `isOver` agrees. */
export class Sleep extends WheelTimer {
  readonly #end: () => void;
  readonly #isOver: () => boolean;
  /** The user's other waits, and this one until it ends. */
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
