import type { CumulativeHistogram } from "./cumulative-histogram.ts";
import type { IntervalHistogram } from "./interval-histogram.ts";
import { HistogramFormatError, highestSlot, slotCount } from "./layout.ts";

/** The number of payloads of maximum size for which the tables have room. */
const mostPayloads = 8;

/**
 * The slots and counts of decoded payloads. Decoding is synchronous, so all histograms share these tables and none is
 * allocated. Several payloads are stored one after another; `decoded-histograms.ts` has their places.
 */
export const decodedSlots = new Uint16Array(mostPayloads * slotCount);
export const decodedCounts = new Float64Array(mostPayloads * slotCount);

/** The sum of the counts in the last payload read. */
export let decodedTotal = 0;

/** The number of bytes of the varint of a non-negative count. */
export function countSizeOf(count: number): number {
  let size = 1;
  for (let rest = count * 2; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

function putVarint(target: Uint8Array, offset: number, zigZag: number): number {
  let at = offset;
  let rest = zigZag;
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) target[at++] = (rest % 128) | 128;
  for (; rest > 127; rest >>>= 7) target[at++] = (rest & 127) | 128;
  target[at++] = rest;
  return at;
}

/**
 * Writes the counts of `histogram` at `offset` as HdrHistogram's ZigZag LEB128: a count, or minus the length of a run of
 * zeros. Returns the end offset, which is beyond the end of `target` if it was too small.
 */
export function writeCounts(
  histogram: IntervalHistogram | CumulativeHistogram,
  target: Uint8Array,
  offset: number,
): number {
  // An empty histogram is one zero, as in the reference implementation.
  if (histogram.count === 0) return putVarint(target, offset, 0);
  let at = offset;
  let next = 0;
  for (let slot = histogram.nextNonZeroSlot(0); slot !== -1; slot = histogram.nextNonZeroSlot(next)) {
    const zeros = slot - next;
    if (zeros === 1) at = putVarint(target, at, 0);
    else if (zeros > 1) at = putVarint(target, at, zeros * 2 - 1);
    at = putVarint(target, at, histogram.countAtSlot(slot) * 2);
    next = slot + 1;
  }
  return at;
}

/**
 * Reads the counts from `offset` to the end of `source` into {@link decodedSlots} and {@link decodedCounts} from `start`
 * on, ascending by slot and without zeros. Overwrites what was stored after `start`. Returns the number of counts.
 * @throws HistogramFormatError if a varint is cut off, a slot is beyond 1 hour or the total is above 2^53 - 1
 */
export function readCounts(source: Uint8Array, offset: number, start: number): number {
  const varint = new VarintCursor(source);
  const end = source.length;
  let at = offset;
  let slot = 0;
  let next = start;
  let total = 0;
  while (at < end) {
    let low = source[at++] as number;
    let high = 0;
    // Most counts and runs are one byte: reading these here halves the time of decoding.
    if (low > 127) {
      at = varint.read(at - 1);
      low = varint.low;
      high = varint.high;
    }
    if ((low & 1) === 1) {
      slot += ((low + 1) >>> 1) + high * 2 ** 27;
      continue;
    }
    if (low + high > 0) {
      const count = (low >>> 1) + high * 2 ** 27;
      total += count;
      // Typed arrays ignore writes beyond their end; such a slot is refused below.
      decodedSlots[next] = slot;
      decodedCounts[next++] = count;
    }
    slot++;
  }
  refuseIf(total > Number.MAX_SAFE_INTEGER, "histogram has counts above 2^53 - 1");
  refuseIf(slot > slotCount, "histogram continues past the last slot");
  refuseIf(next > start && (decodedSlots[next - 1] as number) > highestSlot, "histogram has a count beyond 1 hour");
  decodedTotal = total;
  return next - start;
}

function refuseIf(isWrong: boolean, message: string): void {
  if (isWrong) throw new HistogramFormatError(message);
}

/** Reads LEB128 as two halves, so that shifts stay in 32-bit integers; their 56 bits can hold every count up to 2^53. */
class VarintCursor {
  readonly #source: Uint8Array;
  /** Bits 0..27 of the varint read last. */
  low = 0;
  /** Bits 28..55 of the varint read last. */
  high = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** Reads a varint of more than one byte at `offset` and returns its end. */
  read(offset: number): number {
    let at = offset;
    this.low = (this.#source[at++] as number) & 127;
    this.high = 0;
    for (let shift = 7; shift < 56; shift += 7) {
      if (at === this.#source.length) throw new HistogramFormatError("histogram ends within a count");
      const byte = this.#source[at++] as number;
      if (shift < 28) this.low |= (byte & 127) << shift;
      else this.high |= (byte & 127) << (shift - 28);
      if (byte <= 127) return at;
    }
    throw new HistogramFormatError("histogram has a count above 2^53 - 1");
  }
}
