import { exitCodes, MusterError } from "../../core/errors.ts";

/** Bytes that are not a histogram of muster's layout. The peer that sent them, not the user, is at fault. */
export class HistogramFormatError extends MusterError {
  readonly code = "bad-histogram";
  readonly exitCode = exitCodes.defect;
}

/**
 * The one slot layout of every histogram in muster: HdrHistogram with lowest discernible value 1, 3 significant digits
 * and a highest value of 1 hour, in microseconds. Source: Gil Tene's HdrHistogram, `AbstractHistogram.java`.
 *
 * Slots 0..2047 are 1 us wide; then each run of 1,024 slots covers the next power of two with slots twice as wide:
 *
 *     slot   0 ........ 2047 | 2048 ... 3071 | 3072 ... 4095 | ...  22528 ... 23551
 *     value  0 ........ 2047 | 2048 ... 4095 | 4096 ... 8191 | ...   2^31 ... 2^32-1
 *     width         1        |       2       |       4       | ...      2,097,152
 *
 * Values pass 2^31, so every shift below is unsigned.
 */

/** Digits that stay exact: a slot is at most 1/1,000 of its value wide. */
export const significantDigits = 3;

/** Lowest value told apart from 0, in microseconds. */
export const lowestDiscernibleMicros = 1;

/** Highest value with a slot of its own, in microseconds: 1 hour. */
export const highestTrackableMicros = 3_600_000_000;

/** Slots in the layout. HdrHistogram sizes by whole powers of two, so those above {@link highestSlot} stay empty. */
export const slotCount = 23_552;

/** Binary logarithm of the slots per power of two. */
export const halfBucketBits = 10;

const halfBucketSize = 1 << halfBucketBits;
const singleUnitMask = 2 * halfBucketSize - 1;

/** Slot of 1 hour and of everything longer. */
export const highestSlot = slotOf(highestTrackableMicros);

function slotOf(micros: number): number {
  const bucket = 31 - halfBucketBits - Math.clz32(micros | singleUnitMask);
  return (bucket << halfBucketBits) + (micros >>> bucket);
}

function bucketOf(slot: number): number {
  return slot <= singleUnitMask ? 0 : (slot >>> halfBucketBits) - 1;
}

/** Slot that counts `valueMicros`, a non-negative integer; anything above 1 hour is counted in the slot of 1 hour. */
export function countsIndexOf(valueMicros: number): number {
  return valueMicros >= highestTrackableMicros ? highestSlot : slotOf(valueMicros);
}

/** Lowest value, in microseconds, counted in slot `index` (0..slotCount-1). */
export function lowestEquivalentOf(index: number): number {
  const bucket = bucketOf(index);
  return ((index - (bucket << halfBucketBits)) << bucket) >>> 0;
}

/** Highest value, in microseconds, counted in slot `index` (0..slotCount-1). */
export function highestEquivalentOf(index: number): number {
  return lowestEquivalentOf(index) + 2 ** bucketOf(index) - 1;
}

/** Middle value, in microseconds, of slot `index` (0..slotCount-1), rounded up as HdrHistogram does. */
export function medianEquivalentOf(index: number): number {
  return lowestEquivalentOf(index) + Math.floor(2 ** bucketOf(index) / 2);
}
