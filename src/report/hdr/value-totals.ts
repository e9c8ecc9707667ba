import type { Float64Histogram } from "hdr-histogram-js";
import { rankOf } from "../../stats/histogram/cumulative-histogram.ts";
import type { SlotCounts } from "./slot-counts.ts";
import { SlotLayout } from "./slot-layout.ts";

const pageBits = 10;
const pageSize = 1 << pageBits;

/** The counts of the slots of one layout, in pages that are allocated on first use. */
interface LayoutCounts {
  readonly layout: SlotLayout;
  readonly pages: Map<number, Float64Array>;
}

export interface ValueStatistics {
  readonly min: number;
  readonly mean: number;
  readonly stddev: number;
  /** The values at the requested percentiles, in the requested order. */
  readonly percentiles: readonly number[];
}

/**
 * The sum of histograms of any layouts. The value of a slot is its highest. Slots of a finer layout lie within those of a coarser one,
 * so a percentile of the sum is as exact as the coarsest layout.
 */
export class ValueTotals {
  readonly #byLayout = new Map<string, LayoutCounts>();
  #count = 0;
  #pages = 0;

  /** The number of recorded values. The caller makes sure that there are at most 2^53 - 1. */
  get count(): number {
    return this.#count;
  }

  /** The number of allocated pages of 8 KB. */
  get pages(): number {
    return this.#pages;
  }

  add({ layout, slots, counts, total }: SlotCounts): void {
    const { pages } = this.#countsOf(layout);
    for (const [position, slot] of slots.entries()) {
      const page = this.#page(pages, slot >>> pageBits);
      const at = slot & (pageSize - 1);
      page[at] = (page[at] ?? 0) + (counts[position] ?? 0);
    }
    this.#count += total;
  }

  merge(other: ValueTotals): void {
    for (const { layout, pages } of other.#byLayout.values()) {
      const own = this.#countsOf(layout);
      for (const [index, page] of pages) {
        const sum = this.#page(own.pages, index);
        for (const [at, count] of page.entries()) sum[at] = (sum[at] ?? 0) + count;
      }
    }
    this.#count += other.#count;
  }

  equals(other: ValueTotals): boolean {
    if (this.#count !== other.#count) return false;
    const [own, others] = [this.#ascending(), other.#ascending()];
    return (
      own.length === others.length &&
      own.every(([value, count], at) => value === others[at]?.[0] && count === others[at][1])
    );
  }

  /** The number of values above `limit`. */
  countAbove(limit: number): number {
    return this.#ascending().reduce((sum, [value, count]) => (value > limit ? sum + count : sum), 0);
  }

  /**
   * Returns the minimum, mean, standard deviation and percentiles, each as HdrHistogram defines it.
   * @param percentiles ascending, 0 to 100
   */
  statistics(percentiles: readonly number[]): ValueStatistics {
    const layout = this.#finestLayout();
    const ascending = this.#ascending();
    const middles = ascending.map(
      ([value, count]) => [layout.middleOf(layout.slotOf(value)), count / this.#count] as const,
    );
    const mean = middles.reduce((sum, [middle, share]) => sum + middle * share, 0);
    const variance = middles.reduce((sum, [middle, share]) => sum + (middle - mean) ** 2 * share, 0);
    let position = 0;
    let counted = ascending[0]?.[1] ?? 0;
    return {
      min: layout.lowestOf(layout.slotOf(ascending[0]?.[0] ?? 0)),
      mean,
      stddev: Math.sqrt(variance),
      percentiles: percentiles.map((percentile) => {
        const rank = rankOf(percentile, this.#count);
        while (counted < rank && position < ascending.length - 1) counted += ascending[++position]?.[1] ?? 0;
        return ascending[position]?.[0] ?? 0;
      }),
    };
  }

  /** Returns the sum as one histogram of hdr-histogram-js, which can take 50 MB. */
  histogram(): Float64Histogram {
    const ascending = this.#ascending();
    const histogram = this.#finestLayout().histogramUpTo(ascending.at(-1)?.[0] ?? 0);
    for (const [value, count] of ascending) histogram.recordValueWithCount(value, count);
    return histogram;
  }

  /** The values with their counts, ascending. */
  #ascending(): (readonly [value: number, count: number])[] {
    const counts = new Map<number, number>();
    for (const { layout, pages } of this.#byLayout.values()) {
      for (const [index, page] of pages) {
        for (const [at, count] of page.entries()) {
          if (count === 0) continue;
          const value = layout.highestOf((index << pageBits) + at);
          counts.set(value, (counts.get(value) ?? 0) + count);
        }
      }
    }
    return [...counts].sort(([a], [b]) => a - b);
  }

  #finestLayout(): SlotLayout {
    const layouts = [...this.#byLayout.values()].map(({ layout }) => layout);
    if (layouts.length === 0) return new SlotLayout(0, 1);
    const digits = Math.max(...layouts.map((layout) => layout.digits));
    const lowestDiscernible = Math.min(...layouts.map((layout) => layout.lowestDiscernible));
    return new SlotLayout(digits, lowestDiscernible);
  }

  #countsOf(layout: SlotLayout): LayoutCounts {
    const key = `${layout.digits} ${layout.lowestDiscernible}`;
    const found = this.#byLayout.get(key) ?? { layout, pages: new Map<number, Float64Array>() };
    this.#byLayout.set(key, found);
    return found;
  }

  #page(pages: Map<number, Float64Array>, index: number): Float64Array {
    let page = pages.get(index);
    if (page === undefined) {
      page = new Float64Array(pageSize);
      pages.set(index, page);
      this.#pages += 1;
    }
    return page;
  }
}
