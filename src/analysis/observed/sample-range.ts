import type { TrendView } from "../../core/thresholds/evaluate.ts";
import type { ObservedSample } from "../../stats/observed-series.ts";

/** The largest number of new values that are inserted one by one; more are sorted together with all others. */
const fewNewValues = 32;

interface Extremes {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

const nothing: Extremes = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, sum: 0 };

/**
 * The values of a metric in a part of the run whose ends only move forwards. The cost of a move depends on the number of
 * values that enter or leave, not on the number in the range. A sum is computed only by adding, so a huge value that has
 * left the range leaves no rounding error.
 */
export class SampleRange {
  readonly #isSorted: boolean;
  #samples: readonly ObservedSample[] = [];
  #first = 0;
  #end = 0;
  /** The extremes from each sample of the range to the sample before `#splitAt`, indexed by its distance from `#splitAt`, less 1. */
  #front: Extremes[] = [];
  #splitAt = 0;
  /** The extremes from `#splitAt` on. */
  #back = nothing;
  #sorted: number[] = [];

  /** @param isSorted whether percentiles are needed */
  constructor(isSorted: boolean) {
    this.#isSorted = isSorted;
  }

  get count(): number {
    return this.#end - this.#first;
  }

  /** Moves the range to [fromMs, toMs). An end never moves back. @param samples the previous samples, and later ones after them */
  moveTo(samples: readonly ObservedSample[], fromMs: number, toMs: number): void {
    this.#samples = samples;
    while (this.#first < this.#end && this.#timeOf(this.#first) < fromMs) this.#dropFirst();
    if (this.count === 0) {
      while (this.#timeOf(this.#end) < fromMs) this.#end++;
      this.#first = this.#end;
      this.#splitAt = this.#end;
      this.#front = [];
      this.#back = nothing;
    }
    const added: number[] = [];
    for (; this.#timeOf(this.#end) < toMs; this.#end++) added.push(this.#valueOf(this.#end));
    for (const value of added) this.#back = extended(this.#back, value);
    if (this.#isSorted) this.#sort(added);
  }

  /** The values; undefined if there is none. */
  get view(): TrendView | undefined {
    const count = this.count;
    if (count === 0) return undefined;
    const front = this.#front.at(-1) ?? nothing;
    const [min, max] = [Math.min(front.min, this.#back.min), Math.max(front.max, this.#back.max)];
    const sorted = this.#sorted;
    // The nearest rank, as for percentiles of response times.
    const percentile = (p: number) => sorted[Math.max(0, Math.ceil((p / 100) * count) - 1)] ?? max;
    const avg = (front.sum + this.#back.sum) / count;
    return { count, min, max, avg, last: this.#valueOf(this.#end - 1), med: percentile(50), percentile };
  }

  #timeOf(index: number): number {
    return this.#samples[index]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  #valueOf(index: number): number {
    return this.#samples[index]?.value ?? 0;
  }

  #dropFirst(): void {
    if (this.#first === this.#splitAt) {
      let extremes = nothing;
      for (let index = this.#end - 1; index >= this.#first; index--) {
        extremes = extended(extremes, this.#valueOf(index));
        this.#front.push(extremes);
      }
      this.#splitAt = this.#end;
      this.#back = nothing;
    }
    this.#front.pop();
    if (this.#isSorted) this.#sorted.splice(placeOf(this.#sorted, this.#valueOf(this.#first)), 1);
    this.#first++;
  }

  #sort(added: readonly number[]): void {
    if (added.length > fewNewValues) {
      this.#sorted = [...this.#sorted, ...added].sort((a, b) => a - b);
      return;
    }
    for (const value of added) this.#sorted.splice(placeOf(this.#sorted, value), 0, value);
  }
}

function extended({ min, max, sum }: Extremes, value: number): Extremes {
  return { min: Math.min(min, value), max: Math.max(max, value), sum: sum + value };
}

/** The position of the first value that is not less than `value`. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
