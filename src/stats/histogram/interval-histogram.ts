import { countsIndexOf, slotCount } from "./layout.ts";

const maxCount = 0xffff_ffff;

/**
 * The histogram of one report interval, on the recorder's hot path: all memory (92 KB) is allocated once, `record`
 * allocates nothing, and `reset` clears only the used slots. It can hold 2^32 - 1 samples between resets.
 */
export class IntervalHistogram {
  readonly #counts = new Uint32Array(slotCount);
  #firstSlot = slotCount;
  #lastSlot = -1;
  #count = 0;
  #minMicros = 0;
  #maxMicros = 0;
  #sumMicros = 0;

  /** The number of samples since the last reset. */
  get count(): number {
    return this.#count;
  }

  /** The exact lowest sample in microseconds; 0 if empty. */
  get minMicros(): number {
    return this.#minMicros;
  }

  /** The exact highest sample in microseconds, also above 1 hour; 0 if empty. */
  get maxMicros(): number {
    return this.#maxMicros;
  }

  /** The sum of all samples in microseconds, exact up to 2^53 (285 years). */
  get sumMicros(): number {
    return this.#sumMicros;
  }

  /** An upper bound of the number of non-zero slots. */
  get occupiedSlotsBound(): number {
    return this.#count === 0 ? 0 : this.#lastSlot - this.#firstSlot + 1;
  }

  /**
   * Adds one sample, rounded to whole microseconds. A value below 0 becomes 0; one above 1 hour is counted in the slot of 1
   * hour, while min, max and sum keep the exact value.
   * @throws RangeError if the value is NaN or above 2^53 - 1, or the interval is full; nothing is recorded then
   */
  record(valueMicros: number): void {
    const rounded = Math.round(valueMicros);
    if (!(rounded <= Number.MAX_SAFE_INTEGER)) throw new RangeError(`not a duration in microseconds: ${valueMicros}`);
    if (this.#count === maxCount) throw new RangeError(`an interval holds at most ${maxCount} samples`);
    const micros = Math.max(rounded, 0);
    const slot = countsIndexOf(micros);
    const counts = this.#counts;
    counts[slot] = (counts[slot] as number) + 1;
    if (slot < this.#firstSlot) this.#firstSlot = slot;
    if (slot > this.#lastSlot) this.#lastSlot = slot;
    if (micros < this.#minMicros || this.#count === 0) this.#minMicros = micros;
    if (micros > this.#maxMicros) this.#maxMicros = micros;
    this.#sumMicros += micros;
    this.#count += 1;
  }

  /** Copies all samples of `other`, replacing its own. */
  copyFrom(other: IntervalHistogram): void {
    this.#counts.set(other.#counts);
    this.#firstSlot = other.#firstSlot;
    this.#lastSlot = other.#lastSlot;
    this.#count = other.#count;
    this.#minMicros = other.#minMicros;
    this.#maxMicros = other.#maxMicros;
    this.#sumMicros = other.#sumMicros;
  }

  /** The number of samples in `slot` (0..slotCount-1). */
  countAtSlot(slot: number): number {
    return this.#counts[slot] as number;
  }

  /** The first slot at or after `from` with a sample; -1 if there is none. */
  nextNonZeroSlot(from: number): number {
    const counts = this.#counts;
    const last = this.#lastSlot;
    for (let slot = Math.max(from, this.#firstSlot); slot <= last; slot++) {
      if (counts[slot] !== 0) return slot;
    }
    return -1;
  }

  /** Empties the histogram for the next interval. */
  reset(): void {
    this.#counts.fill(0, this.#firstSlot, this.#lastSlot + 1);
    this.#firstSlot = slotCount;
    this.#lastSlot = -1;
    this.#count = 0;
    this.#minMicros = 0;
    this.#maxMicros = 0;
    this.#sumMicros = 0;
  }
}
