import fc from "fast-check";
import * as hdr from "hdr-histogram-js";
import { encodedSizeBound, encodeInto } from "../../../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../../src/stats/histogram/cumulative-histogram.ts";
import { IntervalHistogram } from "../../../src/stats/histogram/interval-histogram.ts";
import type { EncodedHistogram } from "../../../src/stats/interval-report.ts";

export const reportedPercentiles = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;

/** Values within the layout: small ones, typical ones, and all up to 1 hour. */
export const trackableMicros = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 2_000_000 }),
  fc.integer({ min: 0, max: 3_600_000_000 }),
);

/** Values including those above 1 hour. */
export const anyMicros = fc.oneof(trackableMicros, fc.integer({ min: 3_600_000_000, max: 10_000_000_000 }));

export function recordAll(samples: Iterable<number>): IntervalHistogram {
  const histogram = new IntervalHistogram();
  for (const sample of samples) histogram.record(sample);
  return histogram;
}

export function merge(...parts: (IntervalHistogram | CumulativeHistogram)[]): CumulativeHistogram {
  const merged = new CumulativeHistogram();
  for (const part of parts) merged.add(part);
  return merged;
}

export function encode(histogram: IntervalHistogram | CumulativeHistogram): EncodedHistogram {
  const { count, minMicros, maxMicros, sumMicros } = histogram;
  const target = new Uint8Array(encodedSizeBound(histogram));
  const bytes = target.slice(0, encodeInto(histogram, target, 0));
  return { count, minMicros, maxMicros, sumMicros, bytes };
}

/** The complete contents of a histogram, to compare bit for bit. */
export function contentOf(histogram: CumulativeHistogram) {
  const { count, minMicros, maxMicros, sumMicros, meanMicros, stddevMicros } = histogram;
  const slots: [number, number][] = [];
  for (let slot = histogram.nextNonZeroSlot(0); slot !== -1; slot = histogram.nextNonZeroSlot(slot + 1)) {
    slots.push([slot, histogram.countAtSlot(slot)]);
  }
  const percentiles = histogram.percentilesMicros(reportedPercentiles);
  return { count, minMicros, maxMicros, sumMicros, meanMicros, stddevMicros, percentiles, slots };
}

/** The parts of hdr-histogram-js that its declarations hide. */
export const hiddenReference = {
  decode: (bytes: Uint8Array) =>
    (hdr.JsHistogram as unknown as { decode(data: Uint8Array, bits: 64): hdr.JsHistogram }).decode(bytes, 64),
  stddevAround: (histogram: hdr.JsHistogram, mean: number) =>
    (histogram as unknown as { getStdDeviation(mean: number): number }).getStdDeviation(mean),
};

/** The reference implementation in muster's layout. */
export function referenceOf(samples: Iterable<number>): hdr.JsHistogram {
  const histogram = hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
    useWebAssembly: false,
  }) as hdr.JsHistogram;
  for (const sample of samples) histogram.recordValue(sample);
  return histogram;
}
