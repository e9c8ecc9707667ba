import type { IntervalHistogram } from "./interval-histogram.ts";
import { countsIndexOf, highestEquivalentOf, medianEquivalentOf } from "./layout.ts";
import { PagedCounts } from "./paged-counts.ts";

/** What a histogram keeps exactly beside its slots; it travels beside an encoded histogram. All 0 when `count` is 0. */
export interface HistogramAggregates {
  readonly count: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly sumMicros: number;
}

/** Smallest number of samples that holds percentile `p` of `count`; the tolerance of one ulp is HdrHistogram's. */
export function rankOf(p: number, count: number): number {
  const exact = (p / 100) * count;
  const ulp = 2 ** (Math.floor(Math.log2(exact)) - 52);
  return Math.max(1, Math.ceil(exact - ulp));
}

/** Exact merge of any number of histograms, up to 2^53 - 1 samples. The order of adding makes no difference. */
export class CumulativeHistogram {
  readonly #counts = new PagedCounts();
  #count = 0;
  #minMicros = 0;
  #maxMicros = 0;
  #sumMicros = 0;

  /** Samples merged so far. */
  get count(): number {
    return this.#count;
  }

  /** Exact lowest sample in microseconds, 0 when empty. */
  get minMicros(): number {
    return this.#minMicros;
  }

  /** Exact highest sample in microseconds, also above 1 hour; 0 when empty. */
  get maxMicros(): number {
    return this.#maxMicros;
  }

  /** Sum of all samples in microseconds, exact up to 2^53 (285 years). */
  get sumMicros(): number {
    return this.#sumMicros;
  }

  /** Exact mean in microseconds (sum by count), 0 when empty. */
  get meanMicros(): number {
    return this.#count === 0 ? 0 : this.#sumMicros / this.#count;
  }

  /** Standard deviation in microseconds around the exact mean, each sample taken as its slot's middle; 0 when empty. */
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

  /** Upper bound of the number of non-zero slots. */
  get occupiedSlotsBound(): number {
    return this.#counts.slotsTaken;
  }

  /** Merges all samples of `other`. @throws RangeError, adding nothing, when the count would pass 2^53 - 1. */
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
   * Merges decoded samples: `length` pairs of `slots` (0..slotCount-1, ascending) and `counts` (positive integers) from `start` on, with
   * the aggregates of those same samples. The caller has validated them; see `codec.ts`.
   * @throws RangeError when the count would pass 2^53 - 1; nothing is added then.
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

  /** Forgets all samples. */
  reset(): void {
    if (this.#count > 0) this.#counts.clear();
    this.#count = 0;
    this.#minMicros = 0;
    this.#maxMicros = 0;
    this.#sumMicros = 0;
  }

  /** Value in microseconds that `p` percent of the samples do not exceed; see {@link percentilesMicros}. */
  percentileMicros(p: number): number {
    return this.percentilesMicros([p])[0] as number;
  }

  /**
   * Values in microseconds at the percentiles `ps` (0..100, any order), in the order of `ps`, in one pass. As in
   * HdrHistogram the highest value of the slot, but never above the exact maximum; 0 gives the exact minimum, 100 the
   * exact maximum, an empty histogram zeros.
   * @throws RangeError when a percentile is outside 0..100 or NaN.
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

  /** Samples at or below `valueMicros`, to the resolution of its slot; exact at and beyond the minimum and maximum. */
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

  /** Samples counted in `slot` (0..slotCount-1). */
  countAtSlot(slot: number): number {
    return this.#counts.at(slot);
  }

  /** First slot at or after `from` that counts a sample; -1 when there is none. */
  nextNonZeroSlot(from: number): number {
    return this.#counts.nextNonZero(from);
  }

  #addAggregates(other: HistogramAggregates): void {
    if (other.count === 0) return;
    const count = this.#count + other.count;
    if (count > Number.MAX_SAFE_INTEGER) throw new RangeError("a histogram holds at most 2^53 - 1 samples");
    if (this.#count === 0 || other.minMicros < this.#minMicros) this.#minMicros = other.minMicros;
    if (other.maxMicros > this.#maxMicros) this.#maxMicros = other.maxMicros;
    this.#sumMicros += other.sumMicros;
    this.#count = count;
  }
}
