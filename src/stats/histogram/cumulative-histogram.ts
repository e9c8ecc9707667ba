import type { IntervalHistogram } from "./interval-histogram.ts";
import { countsIndexOf, highestEquivalentOf, medianEquivalentOf } from "./layout.ts";
import { PagedCounts } from "./paged-counts.ts";

/**
 * The exact values that a histogram keeps in addition to its slots; sent separately from the encoded histogram. All are 0
 * if `count` is 0.
 */
export interface HistogramAggregates {
  readonly count: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly sumMicros: number;
}

/** The smallest number of samples that contains percentile `p` of `count`. The tolerance of one ulp is HdrHistogram's. */
export function rankOf(p: number, count: number): number {
  const exact = (p / 100) * count;
  const ulp = 2 ** (Math.floor(Math.log2(exact)) - 52);
  return Math.max(1, Math.ceil(exact - ulp));
}

/** An exact merge of any number of histograms, up to 2^53 - 1 samples. The order of adding does not matter. */
export class CumulativeHistogram {
  readonly #counts = new PagedCounts();
  #count = 0;
  #minMicros = 0;
  #maxMicros = 0;
  #sumMicros = 0;

  /** The number of samples merged so far. */
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

  /** The sum of all samples in microseconds: exact, but at most 2^53 - 1 (285 years), the largest number that the store holds. */
  get sumMicros(): number {
    return this.#sumMicros;
  }

  /** The exact mean in microseconds; 0 if empty. */
  get meanMicros(): number {
    return this.#count === 0 ? 0 : this.#sumMicros / this.#count;
  }

  /**
   * The standard deviation in microseconds around the exact mean, with each sample at the middle of its slot; 0 if empty.
   */
  get stddevMicros(): number {
    if (this.#count === 0) return 0;
    const mean = this.meanMicros;
    let total = 0;
    for (let slot = this.nextNonZeroSlot(0); slot !== -1; slot = this.nextNonZeroSlot(slot + 1)) {
      const deviation = medianEquivalentOf(slot) - mean;
      total += deviation * deviation * this.countAtSlot(slot);
    }
    return Math.sqrt(total / this.#count);
  }

  /** An upper bound of the number of non-zero slots. */
  get occupiedSlotsBound(): number {
    return this.#counts.slotsTaken;
  }

  /** Merges all samples of `other`. @throws RangeError if the count would exceed 2^53 - 1; nothing is added then */
  add(other: IntervalHistogram | CumulativeHistogram): void {
    this.#addAggregates(other);
    if (other instanceof CumulativeHistogram) {
      this.#counts.addAll(other.#counts);
      return;
    }
    for (let slot = other.nextNonZeroSlot(0); slot !== -1; slot = other.nextNonZeroSlot(slot + 1)) {
      this.#counts.add(slot, other.countAtSlot(slot));
    }
  }

  /**
   * Merges decoded samples: `length` pairs of `slots` (0..slotCount-1, ascending) and `counts` (positive integers) from
   * `start` on, with the aggregates of these samples. The caller has validated them; see `codec.ts`.
   * @throws RangeError if the count would exceed 2^53 - 1; nothing is added then
   */
  addSlots(
    slots: Uint16Array,
    counts: Float64Array,
    start: number,
    length: number,
    aggregates: HistogramAggregates,
  ): void {
    this.#addAggregates(aggregates);
    this.#counts.addSlots(slots, counts, start, start + length);
  }

  /** Removes all samples. */
  reset(): void {
    if (this.#count > 0) this.#counts.clear();
    this.#count = 0;
    this.#minMicros = 0;
    this.#maxMicros = 0;
    this.#sumMicros = 0;
  }

  /** The value in microseconds that `p` percent of the samples do not exceed; see {@link percentilesMicros}. */
  percentileMicros(p: number): number {
    return this.percentilesMicros([p])[0] as number;
  }

  /**
   * The values in microseconds at the percentiles `ps` (0..100, any order), in the order of `ps`, in one pass. As in
   * HdrHistogram, a value is the highest of its slot, but never above the exact maximum. 0 is the exact minimum, 100 the
   * exact maximum; an empty histogram gives zeros.
   * @throws RangeError if a percentile is outside 0..100 or NaN
   */
  percentilesMicros(ps: readonly number[]): number[] {
    for (const p of ps) if (!(p >= 0 && p <= 100)) throw new RangeError(`percentile not within 0..100: ${p}`);
    const values = new Array<number>(ps.length).fill(0);
    if (this.#count === 0) return values;
    const ascending = [...ps.entries()].sort((a, b) => a[1] - b[1]);
    const slots = this.#counts.slotsOf(ascending.map(([, p]) => rankOf(p, this.#count)));
    for (const [position, [i, p]] of ascending.entries()) {
      const atSlot = Math.min(highestEquivalentOf(slots[position] ?? 0), this.#maxMicros);
      values[i] = p === 0 ? this.#minMicros : p === 100 ? this.#maxMicros : atSlot;
    }
    return values;
  }

  /**
   * The number of samples at or below `valueMicros`, to the resolution of its slot; exact at and beyond the minimum and
   * maximum.
   */
  countAtOrBelow(valueMicros: number): number {
    if (!(valueMicros >= this.#minMicros)) return 0;
    if (valueMicros >= this.#maxMicros) return this.#count;
    const end = countsIndexOf(Math.floor(valueMicros));
    let total = 0;
    for (let slot = this.nextNonZeroSlot(0); slot !== -1 && slot <= end; slot = this.nextNonZeroSlot(slot + 1)) {
      total += this.countAtSlot(slot);
    }
    return total;
  }

  /** The number of samples in `slot` (0..slotCount-1). */
  countAtSlot(slot: number): number {
    return this.#counts.at(slot);
  }

  /** The first slot at or after `from` with a sample; -1 if there is none. */
  nextNonZeroSlot(from: number): number {
    return this.#counts.nextNonZero(from);
  }

  #addAggregates(other: HistogramAggregates): void {
    if (other.count === 0) return;
    const count = this.#count + other.count;
    if (count > Number.MAX_SAFE_INTEGER) throw new RangeError("a histogram holds at most 2^53 - 1 samples");
    if (this.#count === 0 || other.minMicros < this.#minMicros) this.#minMicros = other.minMicros;
    if (other.maxMicros > this.#maxMicros) this.#maxMicros = other.maxMicros;
    this.#sumMicros = Math.min(Number.MAX_SAFE_INTEGER, this.#sumMicros + other.sumMicros);
    this.#count = count;
  }
}
