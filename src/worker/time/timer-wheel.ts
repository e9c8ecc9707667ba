import { defects } from "../http/defects.ts";

/** An object with a deadline. It is its own entry in the wheel, so that setting a deadline allocates no memory. */
export abstract class WheelTimer {
  /** The neighbours in the slot. Only the wheel sets them. */
  nextInSlot: WheelTimer | null = null;
  previousInSlot: WheelTimer | null = null;
  /** The tick at which the timer is due; -1 when it is not in a wheel. */
  dueTick = -1;

  /** Called once, at the deadline or a little later. */
  abstract expire(): void;
}

/**
 * A hashed timing wheel (Varghese and Lauck): deadlines in slots of `tickMs`. Adding and removing a deadline takes
 * constant time. A slot holds the ticks that are equal modulo the number of slots:
 *
 *   slot   0    1    2   ...  1023
 *          |    |
 *          t7   t4 <-> t9      due at tick 1 and tick 1025; when tick 1 passes, t9 stays
 *
 * Time is injected: the wheel reads no clock.
 */
export class TimerWheel {
  readonly #tickMs: number;
  readonly #slotMask: number;
  readonly #slots: (WheelTimer | null)[];
  #passedTick = 0;
  #size = 0;

  /** `slotCount` is a power of 2. */
  constructor(tickMs: number, slotCount = 1_024) {
    this.#tickMs = tickMs;
    this.#slotMask = slotCount - 1;
    this.#slots = Array.from({ length: slotCount }, () => null);
  }

  /** The number of pending deadlines. */
  get size(): number {
    return this.#size;
  }

  /** The time of one turn of the wheel, in ms. */
  get spanMs(): number {
    return this.#slots.length * this.#tickMs;
  }

  /** The earliest time at which a timer can expire; null when the wheel is empty. */
  get nextMs(): number | null {
    if (this.#size === 0) return null;
    let tick = this.#passedTick + 1;
    while (this.#slots[tick & this.#slotMask] === null) tick++;
    return tick * this.#tickMs;
  }

  /** Adds a timer. It expires at the first tick at or after `deadlineMs`, never before. */
  add(timer: WheelTimer, deadlineMs: number, nowMs: number): void {
    if (timer.dueTick >= 0) throw new Error("the timer is in the wheel already");
    // An empty wheel is not advanced, so its current tick may be long ago.
    if (this.#size === 0) this.#passedTick = Math.floor(nowMs / this.#tickMs);
    timer.dueTick = Math.max(Math.ceil(deadlineMs / this.#tickMs), this.#passedTick + 1);
    const slot = timer.dueTick & this.#slotMask;
    const first = this.#slots[slot] as WheelTimer | null;
    timer.nextInSlot = first;
    if (first !== null) first.previousInSlot = timer;
    this.#slots[slot] = timer;
    this.#size++;
  }

  /** Whether the timer is in the wheel and expires no later than if it were added for `deadlineMs` now. */
  isDueBy(timer: WheelTimer, deadlineMs: number): boolean {
    return timer.dueTick >= 0 && timer.dueTick <= Math.ceil(deadlineMs / this.#tickMs);
  }

  /** Does nothing if the timer has expired or is not in the wheel. */
  remove(timer: WheelTimer): void {
    if (timer.dueTick < 0) return;
    const { nextInSlot, previousInSlot } = timer;
    if (nextInSlot !== null) nextInSlot.previousInSlot = previousInSlot;
    if (previousInSlot !== null) previousInSlot.nextInSlot = nextInSlot;
    else this.#slots[timer.dueTick & this.#slotMask] = nextInSlot;
    timer.nextInSlot = null;
    timer.previousInSlot = null;
    timer.dueTick = -1;
    this.#size--;
  }

  /** Expires all due timers. They may add and remove timers. */
  advance(nowMs: number): void {
    const tick = Math.floor(nowMs / this.#tickMs);
    const first = Math.max(this.#passedTick + 1, tick - this.#slots.length + 1);
    const due: WheelTimer[] = [];
    for (let passed = first; passed <= tick; passed++) this.#collectDue(passed & this.#slotMask, tick, due);
    this.#passedTick = Math.max(tick, this.#passedTick);
    for (const timer of due) {
      // A timer that expired before may have removed this one or changed its deadline.
      if (timer.dueTick < 0 || timer.dueTick > tick) continue;
      this.remove(timer);
      try {
        timer.expire();
      } catch (error) {
        // The other timers are due, too, and the caller must still schedule the next turn.
        defects.contain(error);
      }
    }
  }

  #collectDue(slot: number, tick: number, due: WheelTimer[]): void {
    for (let timer = this.#slots[slot] ?? null; timer !== null; timer = timer.nextInSlot) {
      if (timer.dueTick <= tick) due.push(timer);
    }
  }
}
