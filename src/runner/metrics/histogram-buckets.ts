import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { countsIndexOf, medianEquivalentOf, slotCount } from "../../stats/histogram/layout.ts";

/**
 * The upper bounds of the classic buckets of times, in seconds: the bounds of OpenTelemetry's conventions for HTTP, with
 * further ones below and above them.
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export const timeBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60,
];

/** The upper bounds of the classic buckets of a custom metric, whose unit and magnitude are unknown. */
export const valueBounds: readonly number[] = [-2, -1, 0, 1, 2, 3, 4, 5].flatMap((power) =>
  [1, 2.5, 5].map((digit) => Number((digit * 10 ** power).toPrecision(2))),
);

/**
 * Returns the number of samples at or below each bound, to the resolution of the histogram's slots, which are at most 1/1,000
 * of their values wide.
 * @param bounds ascending, in the unit
 * @param perUnit how many microseconds make one unit
 */
export function countsUpTo(histogram: CumulativeHistogram, bounds: readonly number[], perUnit: number): number[] {
  const counts: number[] = [];
  let count = 0;
  let slot = histogram.nextNonZeroSlot(0);
  for (const bound of bounds) {
    const end = countsIndexOf(Math.round(bound * perUnit));
    for (; slot !== -1 && slot <= end; slot = histogram.nextNonZeroSlot(slot + 1)) count += histogram.countAtSlot(slot);
    counts.push(count);
  }
  return counts;
}

/** The buckets of an exponential histogram: bucket `offset + i` holds the values in (base^(offset+i), base^(offset+i+1)], where base = 2^(2^-scale). */
export interface ExponentialBuckets {
  readonly scale: number;
  readonly zeroCount: number;
  readonly offset: number;
  readonly counts: readonly number[];
}

/** The maximum number of buckets: the default of OpenTelemetry's SDKs, which all receivers accept. */
const mostBuckets = 160;
/** The highest scale. Its buckets are 0.54 % of their values wide; they must be wider than the slots that are counted in them. */
const highestScale = 7;

/**
 * Makes an exponential histogram: the highest scale at which all samples fit into 160 buckets. Each slot, which is at most 1/1,000 of
 * its value wide, is counted in the bucket of its middle.
 * Source: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 * @param perUnit how many microseconds make one unit
 */
export function exponentialBuckets(histogram: CumulativeHistogram, perUnit: number): ExponentialBuckets {
  const indexes = bucketIndexes(perUnit);
  const zeroCount = histogram.countAtSlot(0);
  const first = histogram.nextNonZeroSlot(1);
  if (first === -1) return { scale: highestScale, zeroCount, offset: 0, counts: [] };
  const [lowest, highest] = [indexes[first] as number, indexes[countsIndexOf(histogram.maxMicros)] as number];
  let shift = 0;
  while ((highest >> shift) - (lowest >> shift) >= mostBuckets) shift++;
  const offset = lowest >> shift;
  const counts = new Array<number>((highest >> shift) - offset + 1).fill(0);
  for (let slot = first; slot !== -1; slot = histogram.nextNonZeroSlot(slot + 1)) {
    const bucket = ((indexes[slot] as number) >> shift) - offset;
    counts[bucket] = (counts[bucket] as number) + histogram.countAtSlot(slot);
  }
  return { scale: highestScale - shift, zeroCount, offset, counts };
}

const indexesByUnit = new Map<number, Int32Array>();

/**
 * Returns the index of the bucket of each slot at the highest scale. At a scale that is lower by n, it is this index shifted
 * right by n.
 */
function bucketIndexes(perUnit: number): Int32Array {
  let indexes = indexesByUnit.get(perUnit);
  if (indexes === undefined) {
    indexes = new Int32Array(slotCount);
    for (let slot = 1; slot < slotCount; slot++) {
      indexes[slot] = Math.ceil(Math.log2(medianEquivalentOf(slot) / perUnit) * 2 ** highestScale) - 1;
    }
    indexesByUnit.set(perUnit, indexes);
  }
  return indexes;
}
