import { encodedSizeBound, encodeInto } from "../../stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { countsIndexOf } from "../../stats/histogram/layout.ts";
import type { EncodedHistogram } from "../../stats/interval-report.ts";
import type { SlotCounts } from "./slot-counts.ts";

/**
 * Converts values to muster's own slots, in which a run records them: microseconds, 3 significant digits, at most 1
 * hour.
 * @param valuesPerMicro the number of units of the file in a microsecond
 * @param max the highest value, which may be known more exactly than its slot
 */
export function encodedMicros(
  { layout, slots, counts, total: count }: SlotCounts,
  valuesPerMicro: number,
  max: number,
): EncodedHistogram {
  const ownSlots = new Uint16Array(slots.length);
  const ownCounts = new Float64Array(slots.length);
  const maxMicros = Math.floor(max / valuesPerMicro);
  let minMicros = count === 0 ? 0 : maxMicros;
  let sumMicros = 0;
  let length = 0;
  for (const [position, slot] of slots.entries()) {
    const micros = Math.min(maxMicros, Math.floor(layout.highestOf(slot) / valuesPerMicro));
    const added = counts[position] ?? 0;
    const own = countsIndexOf(micros);
    if (length === 0 || ownSlots[length - 1] !== own) ownSlots[length++] = own;
    ownCounts[length - 1] = (ownCounts[length - 1] ?? 0) + added;
    minMicros = Math.min(minMicros, micros);
    sumMicros += micros * added;
  }
  const aggregates = { count, minMicros, maxMicros: count === 0 ? 0 : maxMicros, sumMicros };
  const histogram = new CumulativeHistogram();
  histogram.addSlots(ownSlots, ownCounts, 0, length, aggregates);
  const bytes = new Uint8Array(encodedSizeBound(histogram));
  return { ...aggregates, bytes: bytes.subarray(0, encodeInto(histogram, bytes, 0)) };
}
