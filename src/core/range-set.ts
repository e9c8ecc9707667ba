import type { NumberRange } from "./ranges.ts";

/** A set of whole numbers, kept as the longest possible ranges in ascending order. */
export class RangeSet {
  readonly #ranges: NumberRange[];
  #size = 0;

  /** @param ranges ascending, without overlap, as `ranges` returns them */
  constructor(ranges: Iterable<Readonly<NumberRange>> = []) {
    this.#ranges = [...ranges].map(([first, end]) => [first, end]);
    for (const [first, end] of this.#ranges) this.#size += end - first;
  }

  /** The number of elements of the set. */
  get size(): number {
    return this.#size;
  }

  get ranges(): NumberRange[] {
    return this.#ranges.map(([first, end]) => [first, end]);
  }

  /** Adds all numbers of a range; numbers that are already in the set are kept. */
  add([first, end]: Readonly<NumberRange>): void {
    if (end <= first) return;
    const from = this.#firstEndingAt(first);
    let to = from;
    const joined: NumberRange = [first, end];
    for (let next = this.#ranges[to]; next !== undefined && next[0] <= end; next = this.#ranges[++to]) {
      joined[0] = Math.min(joined[0], next[0]);
      joined[1] = Math.max(joined[1], next[1]);
      this.#size -= next[1] - next[0];
    }
    this.#ranges.splice(from, to - from, joined);
    this.#size += joined[1] - joined[0];
  }

  /** Removes all numbers of a range that are in the set, and returns them. */
  remove([first, end]: Readonly<NumberRange>): NumberRange[] {
    const removed: NumberRange[] = [];
    if (end <= first) return removed;
    const from = this.#firstEndingAt(first + 1);
    let to = from;
    const left: NumberRange[] = [];
    for (let next = this.#ranges[to]; next !== undefined && next[0] < end; next = this.#ranges[++to]) {
      removed.push([Math.max(first, next[0]), Math.min(end, next[1])]);
      if (next[0] < first) left.push([next[0], first]);
      if (next[1] > end) left.push([end, next[1]]);
    }
    this.#ranges.splice(from, to - from, ...left);
    this.#size -= sizeOfRanges(removed);
    return removed;
  }

  /** Removes the lowest `count` numbers, or all if there are fewer, and returns them. */
  takeFirst(count: number): NumberRange[] {
    const taken: NumberRange[] = [];
    let left = count;
    while (left > 0 && this.#ranges[0] !== undefined) {
      const [first, end] = this.#ranges[0];
      const range: NumberRange = [first, Math.min(end, first + left)];
      taken.push(...this.remove(range));
      left -= range[1] - range[0];
    }
    return taken;
  }

  /** The position of the first range that ends at `value` or after it. */
  #firstEndingAt(value: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.[1] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Returns how many numbers the ranges contain. */
export function sizeOfRanges(ranges: readonly Readonly<NumberRange>[]): number {
  return ranges.reduce((sum, [first, end]) => sum + end - first, 0);
}
