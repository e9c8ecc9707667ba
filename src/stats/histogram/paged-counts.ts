import { halfBucketBits, slotCount } from "./layout.ts";

const pageBits = halfBucketBits;
const pageSize = 1 << pageBits;
const pageCount = slotCount >>> pageBits;

/**
 * Counts per slot, exact to 2^53, in one page per power of two of the value, allocated on demand: the response times of one
 * endpoint span few powers of two, so they need a few 8 KB pages and not the 188 KB of a whole layout.
 */
export class PagedCounts {
  readonly #pages = new Array<Float64Array | undefined>(pageCount).fill(undefined);
  /** The number of samples in each page: a search skips empty pages. */
  readonly #totals = new Float64Array(pageCount);
  #pagesTaken = 0;

  /** The number of slots with memory; no more slots than these can be non-zero. */
  get slotsTaken(): number {
    return this.#pagesTaken * pageSize;
  }

  /** The count of `slot` (0..slotCount-1). */
  at(slot: number): number {
    return this.#pages[slot >>> pageBits]?.[slot & (pageSize - 1)] ?? 0;
  }

  /** The first slot at or after `from` whose count is not 0; -1 if there is none. */
  nextNonZero(from: number): number {
    let start = from & (pageSize - 1);
    for (let index = from >>> pageBits; index < pageCount; index++) {
      const page = this.#pages[index];
      if (page !== undefined && this.#totals[index] !== 0) {
        for (let i = start; i < pageSize; i++) if (page[i] !== 0) return (index << pageBits) + i;
      }
      start = 0;
    }
    return -1;
  }

  /** Sets all counts to 0 and keeps the memory, because the next values are usually similar. */
  clear(): void {
    for (const page of this.#pages) page?.fill(0);
    this.#totals.fill(0);
  }

  /** Adds `count` to `slot` (0..slotCount-1). */
  add(slot: number, count: number): void {
    const index = slot >>> pageBits;
    const page = this.#page(index);
    const i = slot & (pageSize - 1);
    page[i] = (page[i] as number) + count;
    this.#addToTotal(index, count);
  }

  /** Adds the pairs of `slots`, ascending, and `counts` from `start` to before `end`. */
  addSlots(slots: Uint16Array, counts: Float64Array, start: number, end: number): void {
    let position = start;
    while (position < end) {
      const index = (slots[position] as number) >>> pageBits;
      const page = this.#page(index);
      let total = 0;
      for (; position < end && (slots[position] as number) >>> pageBits === index; position++) {
        const i = (slots[position] as number) & (pageSize - 1);
        const count = counts[position] as number;
        page[i] = (page[i] as number) + count;
        total += count;
      }
      this.#addToTotal(index, total);
    }
  }

  /** Adds all counts of `other`. */
  addAll(other: PagedCounts): void {
    for (let index = 0; index < pageCount; index++) {
      const source = other.#pages[index];
      if (source === undefined) continue;
      const page = this.#page(index);
      for (let i = 0; i < pageSize; i++) page[i] = (page[i] as number) + (source[i] as number);
      this.#addToTotal(index, other.#totals[index] as number);
    }
  }

  /** The slots of the samples with these ranks: ascending, from 1 to the number of samples. */
  slotsOf(ranks: readonly number[]): number[] {
    const slots: number[] = [];
    let countToSlot = 0;
    for (let index = 0; index < pageCount; index++) {
      const page = this.#pages[index];
      const countToPage = countToSlot + (this.#totals[index] as number);
      if (page !== undefined && countToPage >= (ranks[slots.length] ?? Number.POSITIVE_INFINITY)) {
        for (let i = 0; i < pageSize; i++) {
          countToSlot += page[i] as number;
          while (countToSlot >= (ranks[slots.length] ?? Number.POSITIVE_INFINITY)) slots.push((index << pageBits) + i);
        }
      }
      countToSlot = countToPage;
    }
    return slots;
  }

  #addToTotal(index: number, count: number): void {
    this.#totals[index] = (this.#totals[index] as number) + count;
  }

  #page(index: number): Float64Array {
    let page = this.#pages[index];
    if (page === undefined) {
      page = new Float64Array(pageSize);
      this.#pages[index] = page;
      this.#pagesTaken += 1;
    }
    return page;
  }
}
