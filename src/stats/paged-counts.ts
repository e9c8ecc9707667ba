import { halfBucketBits, slotCount } from "./histogram-layout.ts";

const pageBits = halfBucketBits;
const pageSize = 1 << pageBits;
const pageCount = slotCount >>> pageBits;

/**
 * Counts per slot, exact to 2^53, in one page per power of two of the value, taken when first needed: response times
 * of one endpoint span few powers of two, so they need some 8 KB pages and not the 188 KB of a whole layout.
 */
export class PagedCounts {
  readonly #pages = new Array<Float64Array | undefined>(pageCount).fill(undefined);
  #pagesTaken = 0;

  /** Slots that have memory: no more than these can be non-zero. */
  get slotsTaken(): number {
    return this.#pagesTaken * pageSize;
  }

  /** Count of `slot` (0..slotCount-1). */
  at(slot: number): number {
    return this.#pages[slot >>> pageBits]?.[slot & (pageSize - 1)] ?? 0;
  }

  /** First slot at or after `from` whose count is not 0; -1 when there is none. */
  nextNonZero(from: number): number {
    let start = from & (pageSize - 1);
    for (let index = from >>> pageBits; index < pageCount; index++) {
      const page = this.#pages[index];
      if (page !== undefined) {
        for (let i = start; i < pageSize; i++) if (page[i] !== 0) return (index << pageBits) + i;
      }
      start = 0;
    }
    return -1;
  }

  /** Adds `count` to `slot` (0..slotCount-1). */
  add(slot: number, count: number): void {
    const pageIndex = slot >>> pageBits;
    let page = this.#pages[pageIndex];
    if (page === undefined) {
      page = new Float64Array(pageSize);
      this.#pages[pageIndex] = page;
      this.#pagesTaken += 1;
    }
    const i = slot & (pageSize - 1);
    page[i] = (page[i] as number) + count;
  }
}
