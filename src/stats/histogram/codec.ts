import { deflateSync, inflateSync } from "node:zlib";
import { freeStart, keepDecoded, placeOf } from "../decoded-histograms.ts";
import type { EncodedHistogram } from "../interval-report.ts";
import { CumulativeHistogram, type HistogramAggregates } from "./cumulative-histogram.ts";
import { headerSize, readUint32, requireHeader, writeHeader } from "./histogram-header.ts";
import type { IntervalHistogram } from "./interval-histogram.ts";
import {
  countsIndexOf,
  HistogramFormatError,
  highestEquivalentOf,
  lowestEquivalentOf,
  medianEquivalentOf,
  slotCount,
} from "./layout.ts";
import { countSizeOf, decodedCounts, decodedSlots, decodedTotal, readCounts, writeCounts } from "./payload.ts";

const compressedCookie = 0x1c84_9314;
const compressedHeaderSize = 8;
const longestRunSize = 3;
const longestCountSize = 8;

/** Bytes that {@link encodeInto} needs at most for `histogram`. */
export function encodedSizeBound(histogram: IntervalHistogram | CumulativeHistogram): number {
  const nonZeroSlots = Math.min(histogram.count, histogram.occupiedSlotsBound);
  return headerSize + Math.max(1, nonZeroSlots * (longestRunSize + countSizeOf(histogram.count)));
}

/**
 * Writes `histogram` in HdrHistogram's V2 encoding into `target` at `offset`, allocating nothing, and returns the end
 * offset. Its aggregates are not part of the encoding and travel beside.
 * @throws RangeError when `target` is too small; {@link encodedSizeBound} bytes always suffice.
 */
export function encodeInto(
  histogram: IntervalHistogram | CumulativeHistogram,
  target: Uint8Array,
  offset: number,
): number {
  const end = writeCounts(histogram, target, offset + headerSize);
  if (end > target.length) throw new RangeError(`histogram of ${end - offset} bytes does not fit at ${offset}`);
  writeHeader(target, offset, end - offset - headerSize);
  return end;
}

/**
 * Passes when `encoded.bytes` are a histogram of muster's layout and its aggregates are of these samples. They stay decoded
 * for {@link decodeAndAdd}, until {@link forgetDecoded} is called or there are too many.
 * @throws HistogramFormatError otherwise.
 */
export function validateEncoded(encoded: EncodedHistogram): void {
  const start = freeStart();
  const length = readFrame(encoded.bytes, start);
  requireAggregates(encoded, start, length);
  keepDecoded(encoded, length);
}

/**
 * Adds the samples of `encoded` to `into`. All is validated before the first count is added.
 * @throws HistogramFormatError as {@link validateEncoded} does, and when `into` would pass 2^53 - 1 samples; `into` is
 * unchanged then.
 */
export function decodeAndAdd(encoded: EncodedHistogram, into: CumulativeHistogram): void {
  let place = placeOf(encoded);
  if (place === null) {
    const start = freeStart();
    place = { start, length: readFrame(encoded.bytes, start) };
    requireAggregates(encoded, start, place.length);
  }
  if (into.count + encoded.count > Number.MAX_SAFE_INTEGER) {
    throw new HistogramFormatError("histogram would bring the total above 2^53 - 1 samples");
  }
  into.addSlots(decodedSlots, decodedCounts, place.start, place.length, encoded);
}

/** HdrHistogram's V2 compressed encoding of `histogram`; in base64 it is the last field of a line of an .hlog file. */
export function encodeCompressed(histogram: IntervalHistogram | CumulativeHistogram): Buffer {
  const encoded = new Uint8Array(encodedSizeBound(histogram));
  const deflated = deflateSync(encoded.subarray(0, encodeInto(histogram, encoded, 0)));
  const compressed = Buffer.allocUnsafe(compressedHeaderSize + deflated.length);
  compressed.writeUInt32BE(compressedCookie, 0);
  compressed.writeUInt32BE(deflated.length, 4);
  compressed.set(deflated, compressedHeaderSize);
  return compressed;
}

/**
 * Reads what {@link encodeCompressed} wrote. The form carries no aggregates, so min, max and sum are those of the slots
 * (within 1/1,000), as in every reader of HdrHistogram.
 * @throws HistogramFormatError when the bytes are not a histogram of muster's layout.
 */
export function decodeCompressed(compressed: Uint8Array): CumulativeHistogram {
  const deflatedSize = compressed.length - compressedHeaderSize;
  if (
    deflatedSize < 0 ||
    readUint32(compressed, 0) !== compressedCookie ||
    readUint32(compressed, 4) !== deflatedSize
  ) {
    throw new HistogramFormatError("not a compressed V2 histogram of this length");
  }
  const encoded = inflate(compressed.subarray(compressedHeaderSize));
  const start = freeStart();
  const length = readFrame(encoded, start);
  const histogram = new CumulativeHistogram();
  histogram.addSlots(decodedSlots, decodedCounts, start, length, aggregatesOfSlots(start, length));
  return histogram;
}

function inflate(deflated: Uint8Array): Buffer {
  try {
    // A few hostile bytes can inflate to gigabytes; no histogram is longer than this.
    return inflateSync(deflated, { maxOutputLength: headerSize + slotCount * longestCountSize });
  } catch (cause) {
    throw new HistogramFormatError("compressed histogram cannot be inflated", { cause });
  }
}

function readFrame(bytes: Uint8Array, start: number): number {
  if (bytes.length < headerSize) throw new HistogramFormatError(`histogram of ${bytes.length} bytes is cut off`);
  requireHeader(bytes, bytes.length - headerSize);
  return readCounts(bytes, headerSize, start);
}

function requireAggregates(aggregates: HistogramAggregates, start: number, length: number): void {
  const { count, minMicros, maxMicros, sumMicros } = aggregates;
  if (count !== decodedTotal) throw new HistogramFormatError(`histogram does not count ${count} samples`);
  if (count === 0) return;
  // Negated so that NaN is refused; division rounds monotonically, so an honest mean is never outside.
  const isInFirstSlot = minMicros >= 0 && countsIndexOf(minMicros) === decodedSlots[start];
  const isInLastSlot = maxMicros >= minMicros && countsIndexOf(maxMicros) === decodedSlots[start + length - 1];
  const mean = sumMicros / count;
  if (!(isInFirstSlot && isInLastSlot && mean >= minMicros && mean <= maxMicros)) {
    throw new HistogramFormatError("histogram does not hold the minimum, maximum or sum beside it");
  }
}

function aggregatesOfSlots(start: number, length: number): HistogramAggregates {
  if (length === 0) return { count: 0, minMicros: 0, maxMicros: 0, sumMicros: 0 };
  let sumMicros = 0;
  for (let i = start; i < start + length; i++)
    sumMicros += medianEquivalentOf(decodedSlots[i] as number) * (decodedCounts[i] as number);
  return {
    count: decodedTotal,
    minMicros: lowestEquivalentOf(decodedSlots[start] as number),
    maxMicros: highestEquivalentOf(decodedSlots[start + length - 1] as number),
    sumMicros,
  };
}
