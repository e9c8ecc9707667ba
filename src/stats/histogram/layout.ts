import { exitCodes, MusterError } from "../../core/errors.ts";

/** The bytes are not a histogram of muster's layout. The peer that sent them is at fault, not the user. */
export class HistogramFormatError extends MusterError {
  readonly code = "bad-histogram";
  readonly exitCode = exitCodes.defect;
}

/**
 * The slot layout of all histograms in muster: HdrHistogram with lowest discernible value 1, 3 significant digits and a
 * highest value of 1 hour, in microseconds. Source: Gil Tene's HdrHistogram, `AbstractHistogram.java`.
 *
 * Slots 0..2047 are 1 us wide; then each run of 1,024 slots covers the next power of two with slots twice as wide:
 *
 *     slot   0 ........ 2047 | 2048 ... 3071 | 3072 ... 4095 | ...  22528 ... 23551
 *     value  0 ........ 2047 | 2048 ... 4095 | 4096 ... 8191 | ...   2^31 ... 2^32-1
 *     width         1        |       2       |       4       | ...      2,097,152
 *
 * Values exceed 2^31, so every shift below is unsigned.
 */

/** The number of exact digits: a slot is at most 1/1,000 of its value wide. */
export const significantDigits = 3;

/** The lowest value that differs from 0, in microseconds. */
export const lowestDiscernibleMicros = 1;

/** The highest value with its own slot, in microseconds: 1 hour. */
export const highestTrackableMicros = 3_600_000_000;

/**
 * The number of slots in the layout. HdrHistogram sizes by whole powers of two, so slots above {@link highestSlot} stay
 * empty.
 */
export const slotCount = 23_552;

/** The binary logarithm of the slots per power of two. */
export const halfBucketBits = 10;

const halfBucketSize = 1 << halfBucketBits;
const singleUnitMask = 2 * halfBucketSize - 1;

/** The slot of 1 hour and of all longer values. */
export const highestSlot = slotOf(highestTrackableMicros);

function slotOf(micros: number): number {
  const bucket = 31 - halfBucketBits - Math.clz32(micros | singleUnitMask);
  return (bucket << halfBucketBits) + (micros >>> bucket);
}

function bucketOf(slot: number): number {
  return slot <= singleUnitMask ? 0 : (slot >>> halfBucketBits) - 1;
}

/** The slot of `valueMicros`, a non-negative integer; values above 1 hour are counted in the slot of 1 hour. */
export function countsIndexOf(valueMicros: number): number {
  return valueMicros >= highestTrackableMicros ? highestSlot : slotOf(valueMicros);
}

/** The lowest value, in microseconds, of slot `index` (0..slotCount-1). */
export function lowestEquivalentOf(index: number): number {
  const bucket = bucketOf(index);
  return ((index - (bucket << halfBucketBits)) << bucket) >>> 0;
}

/** The highest value, in microseconds, of slot `index` (0..slotCount-1). */
export function highestEquivalentOf(index: number): number {
  return lowestEquivalentOf(index) + 2 ** bucketOf(index) - 1;
}

/** The middle value, in microseconds, of slot `index` (0..slotCount-1), rounded up as HdrHistogram does. */
export function medianEquivalentOf(index: number): number {
  return lowestEquivalentOf(index) + Math.floor(2 ** bucketOf(index) / 2);
}
