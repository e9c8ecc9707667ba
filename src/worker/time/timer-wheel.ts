import { defects } from "../http/defects.ts";

/** One thing with a deadline. It is its own entry in the wheel, so that setting a deadline allocates nothing. */
export abstract class WheelTimer {
  /** Set by the wheel only. */
  nextInSlot: WheelTimer | null = null;
  previousInSlot: WheelTimer | null = null;
  /** The tick at which it is due; -1 when it is not in a wheel. */
  dueTick = -1;

  /** Called once, at the deadline or a little later. */
  abstract expire(): void;
}

/**
 * Deadlines in slots of `tickMs`, as Varghese and Lauck's hashed timing wheel: to add and to remove one takes the same
 * time however many there are. A slot holds the ticks that are equal modulo the number of slots:
 *
 *   slot   0    1    2   ...  1023
 *          |    |
 *          t7   t4 <-> t9      due at tick 1 and tick 1025; when tick 1 passes, t9 stays
 *
 * Time is injected: the wheel knows only what it is told.
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

  /** How many deadlines lie ahead. */
  get size(): number {
    return this.#size;
  }

  /** One turn of the wheel. */
  get spanMs(): number {
    return this.#slots.length * this.#tickMs;
  }

  /** Before then nothing expires, though perhaps nothing does then; null when the wheel is empty. */
  get nextMs(): number | null {
    if (this.#size === 0) return null;
    let tick = this.#passedTick + 1;
    while (this.#slots[tick & this.#slotMask] === null) tick++;
    return tick * this.#tickMs;
  }

  /** The timer expires at the first tick at or after `deadlineMs`, never before. */
  add(timer: WheelTimer, deadlineMs: number, nowMs: number): void {
    if (timer.dueTick >= 0) throw new Error("the timer is in the wheel already");
    // Nobody turns an empty wheel: it may stand at a tick of long ago.
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

  /** Does nothing when the timer has expired or is not in the wheel. */
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

  /** Expires what is due. What it calls may add and remove timers. */
  advance(nowMs: number): void {
    const tick = Math.floor(nowMs / this.#tickMs);
    const first = Math.max(this.#passedTick + 1, tick - this.#slots.length + 1);
    const due: WheelTimer[] = [];
    for (let passed = first; passed <= tick; passed++) this.#collectDue(passed & this.#slotMask, tick, due);
    this.#passedTick = Math.max(tick, this.#passedTick);
    for (const timer of due) {
      // One that expired before may have taken this one out, or given it another deadline.
      if (timer.dueTick < 0 || timer.dueTick > tick) continue;
      this.remove(timer);
      try {
        timer.expire();
      } catch (error) {
        // The others are due too, and whoever turns the wheel has to set its next turn.
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
