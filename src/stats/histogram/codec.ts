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

/** The maximum number of bytes that {@link encodeInto} needs for `histogram`. */
export function encodedSizeBound(histogram: IntervalHistogram | CumulativeHistogram): number {
  const nonZeroSlots = Math.min(histogram.count, histogram.occupiedSlotsBound);
  return headerSize + Math.max(1, nonZeroSlots * (longestRunSize + countSizeOf(histogram.count)));
}

/**
 * Writes `histogram` in HdrHistogram's V2 encoding into `target` at `offset`, without allocating, and returns the end
 * offset. The aggregates are not part of the encoding; send them separately.
 * @throws RangeError if `target` is too small; {@link encodedSizeBound} bytes are always enough
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
 * Checks that `encoded.bytes` is a histogram of muster's layout that matches its aggregates. It stays decoded for {@link
 * decodeAndAdd} until {@link forgetDecoded} is called or the tables are full.
 * @throws HistogramFormatError if it does not
 */
export function validateEncoded(encoded: EncodedHistogram): void {
  const start = freeStart();
  const length = readFrame(encoded.bytes, start);
  requireAggregates(encoded, start, length);
  keepDecoded(encoded, length);
}

/**
 * Adds the samples of `encoded` to `into`. Everything is validated before the first count is added.
 * @throws HistogramFormatError as {@link validateEncoded} does, and if `into` would exceed 2^53 - 1 samples; `into` is then
 * unchanged
 */
export function decodeAndAdd(encoded: EncodedHistogram, into: CumulativeHistogram): void {
  let place = placeOf(encoded);
  if (place === null) {
    const start = freeStart();
    place = { start, length: readFrame(encoded.bytes, start) };
    requireAggregates(encoded, start, place.length);
  }
  if (into.count + encoded.count > Number.MAX_SAFE_INTEGER) {
    throw new HistogramFormatError("histogram would raise the total above 2^53 - 1 samples");
  }
  into.addSlots(decodedSlots, decodedCounts, place.start, place.length, encoded);
}

/**
 * Encodes `histogram` in HdrHistogram's compressed V2 encoding, which in base64 is the last field of a line of an .hlog
 * file.
 */
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
 * Decodes a histogram by {@link encodeCompressed}. The format has no aggregates, so min, max and sum are derived from the
 * slots (within 1/1,000), as in every reader of HdrHistogram.
 * @throws HistogramFormatError if the bytes are not a histogram of muster's layout
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
    // The limit is the longest possible histogram: a few hostile bytes could inflate to gigabytes.
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
  // Negated so that NaN is refused; division rounds monotonically, so a correct mean is never outside.
  const isInFirstSlot = minMicros >= 0 && countsIndexOf(minMicros) === decodedSlots[start];
  const isInLastSlot = maxMicros >= minMicros && countsIndexOf(maxMicros) === decodedSlots[start + length - 1];
  const mean = sumMicros / count;
  // A sum that has reached the largest possible value is only a lower bound.
  const isMean = (mean >= minMicros || sumMicros === Number.MAX_SAFE_INTEGER) && mean <= maxMicros;
  if (!(isInFirstSlot && isInLastSlot && isMean)) {
    throw new HistogramFormatError("histogram does not match its minimum, maximum or sum");
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
