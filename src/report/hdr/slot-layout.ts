import { Float64Histogram } from "hdr-histogram-js";

const { MAX_SAFE_INTEGER } = Number;

/** The positions of the slots of a histogram, for any lowest value and any number of digits. The arithmetic is that of hdr-histogram-js. */
export class SlotLayout {
  /** The number of exact digits of a value, 0 to 5. */
  readonly digits: number;
  /** The lowest value that can be distinguished from 0. */
  readonly lowestDiscernible: number;
  readonly #histogram: Float64Histogram;

  constructor(digits: number, lowestDiscernible: number) {
    this.digits = digits;
    this.lowestDiscernible = lowestDiscernible;
    this.#histogram = new Float64Histogram(lowestDiscernible, 2 * lowestDiscernible, digits);
  }

  /** The number of slots of a histogram that tracks values up to `highest`. */
  slotsUpTo(highest: number): number {
    // Larger values are refused one by one.
    return highest > MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : this.#histogram.determineArrayLengthNeeded(highest);
  }

  lowestOf(slot: number): number {
    return this.#histogram.valueFromIndex(slot);
  }

  highestOf(slot: number): number {
    return this.#histogram.highestEquivalentValue(this.lowestOf(slot));
  }

  middleOf(slot: number): number {
    return this.#histogram.medianEquivalentValue(this.lowestOf(slot));
  }

  slotOf(value: number): number {
    return this.#histogram.countsArrayIndex(value);
  }

  /** An empty histogram of hdr-histogram-js for values up to `highest`. */
  histogramUpTo(highest: number): Float64Histogram {
    return new Float64Histogram(this.lowestDiscernible, Math.max(2 * this.lowestDiscernible, highest), this.digits);
  }
}
