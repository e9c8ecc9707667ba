import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { lowestEquivalentOf, slotCount } from "../../stats/histogram/layout.ts";
import { significantMs } from "../numbers.ts";
import type { HeatMap } from "./model.ts";

const maxColumns = 300;
const maxBuckets = 40;
/** The number of fine buckets per doubling, from 1 us to 1 h. Everything is first counted in fine buckets. */
const perDoubling = 8;

const bucketOfSlot = Uint16Array.from({ length: slotCount }, (_, slot) =>
  Math.floor(Math.log2(Math.max(1, lowestEquivalentOf(slot))) * perDoubling + 1e-9),
);
const fineBuckets = (bucketOfSlot.at(-1) ?? 0) + 1;

interface Column {
  readonly startMs: number;
  readonly counts: Float64Array;
  endMs: number;
}

/** The response times of one block of the run. */
interface TimedBlock {
  readonly startMs: number;
  readonly widthMs: number;
  readonly total: { readonly responseTime: CumulativeHistogram };
}

/** Counts response times by time and by duration. */
export class HeatMapBuilder {
  readonly #columnMs: number;
  readonly #columns: Column[] = [];

  /** @param durationMs the duration of the whole run, which is divided into blocks of `blockMs` */
  constructor(durationMs: number, blockMs: number) {
    this.#columnMs = Math.ceil(durationMs / maxColumns / blockMs) * blockMs;
  }

  add({ startMs, widthMs, total }: TimedBlock): void {
    const endMs = startMs + widthMs;
    let column = this.#columns.at(-1);
    if (column === undefined || endMs - column.startMs > this.#columnMs) {
      column = { startMs, endMs, counts: new Float64Array(fineBuckets) };
      this.#columns.push(column);
    }
    column.endMs = endMs;
    addTo(column.counts, total.responseTime);
  }

  finish(): HeatMap {
    const used = (bucket: number) => this.#columns.some(({ counts }) => (counts[bucket] ?? 0) > 0);
    const buckets = Array.from({ length: fineBuckets }, (_, bucket) => bucket);
    const first = Math.max(0, buckets.findIndex(used));
    const last = buckets.findLastIndex(used);
    // A bucket consists of whole fine buckets, so no value is counted twice.
    const merged = Math.max(1, Math.ceil((last - first + 1) / maxBuckets));
    const starts = buckets.filter((bucket) => bucket >= first && bucket <= last && (bucket - first) % merged === 0);
    return {
      startMs: this.#columns.map(({ startMs }) => startMs),
      widthMs: this.#columns.map(({ startMs, endMs }) => endMs - startMs),
      bucketsMs: starts.map((bucket) => significantMs(2 ** (bucket / perDoubling))),
      counts: this.#columns.map(({ counts }) => starts.map((start) => sum(counts.subarray(start, start + merged)))),
    };
  }
}

function addTo(counts: Float64Array, histogram: CumulativeHistogram): void {
  for (let slot = histogram.nextNonZeroSlot(0); slot !== -1; slot = histogram.nextNonZeroSlot(slot + 1)) {
    const bucket = bucketOfSlot[slot] ?? 0;
    counts[bucket] = (counts[bucket] ?? 0) + histogram.countAtSlot(slot);
  }
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
