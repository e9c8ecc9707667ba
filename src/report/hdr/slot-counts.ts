import type { SlotLayout } from "./slot-layout.ts";

/** The maximum number of slots. 5 digits over all values between 1 ms and 1 s are 1.4 million slots, so no file should have more. */
const mostSlots = 2_000_000;
const longestVarintBytes = 9;
const { MAX_SAFE_INTEGER } = Number;

/** The error for bytes that are not a readable histogram. The message says why, without the place in the file. */
export class UnreadableHistogram extends Error {}

/** The slots of a histogram that are not empty. */
export interface SlotCounts {
  readonly layout: SlotLayout;
  /** The positions of the slots, ascending. */
  readonly slots: readonly number[];
  readonly counts: readonly number[];
  /** The sum of the counts. */
  readonly total: number;
}

/**
 * Reads a signed big-endian word of 2, 4 or 8 bytes for each slot, as in encodings V0 and V1.
 * @param slotCount the number of slots of the histogram
 * @throws UnreadableHistogram
 */
export function readWords(payload: Buffer, wordBytes: number, layout: SlotLayout, slotCount: number): SlotCounts {
  const found = new FoundCounts(layout, slotCount);
  const read = {
    2: (at: number) => payload.readInt16BE(at),
    4: (at: number) => payload.readInt32BE(at),
    8: (at: number) => Number(payload.readBigInt64BE(at)),
  }[wordBytes];
  if (read === undefined)
    throw new UnreadableHistogram(`the histogram has counts of ${wordBytes} bytes, not 2, 4 or 8`);
  for (let slot = 0; (slot + 1) * wordBytes <= payload.length; slot++) found.add(slot, read(slot * wordBytes));
  return found.checked();
}

/**
 * Reads ZigZag LEB128 numbers of at most 9 bytes, as in encoding V2: the count of a slot, or minus the length of a run of empty
 * slots.
 * @param slotCount the number of slots of the histogram
 * @throws UnreadableHistogram
 */
export function readVarints(payload: Buffer, layout: SlotLayout, slotCount: number): SlotCounts {
  const found = new FoundCounts(layout, slotCount);
  const varints = new VarintCursor(payload);
  for (let slot = 0; varints.hasNext; ) {
    // The sign is read from the bits, because numbers above 2^53 would lose it.
    const isRun = varints.isNextOdd;
    const zigZag = varints.next();
    if (isRun) slot += (zigZag + 1) / 2;
    else found.add(slot++, zigZag / 2);
  }
  return found.checked();
}

class VarintCursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get hasNext(): boolean {
    return this.#at < this.#bytes.length;
  }

  get isNextOdd(): boolean {
    return ((this.#bytes[this.#at] ?? 0) & 1) === 1;
  }

  /** Reads the next number. @throws UnreadableHistogram when the bytes end within it */
  next(): number {
    let value = 0;
    let scale = 1;
    for (let length = 1; length < longestVarintBytes; length++) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    return value + this.#byte() * scale;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new UnreadableHistogram("the histogram ends within a count");
    return byte;
  }
}

class FoundCounts implements SlotCounts {
  readonly layout: SlotLayout;
  readonly slots: number[] = [];
  readonly counts: number[] = [];
  total = 0;
  readonly #slotCount: number;

  constructor(layout: SlotLayout, slotCount: number) {
    this.layout = layout;
    this.#slotCount = slotCount;
  }

  add(slot: number, count: number): void {
    if (count === 0) return;
    if (count < 0) throw new UnreadableHistogram("the histogram has a negative count");
    if (slot >= this.#slotCount) throw new UnreadableHistogram("the histogram has a count past its highest value");
    if (this.slots.push(slot) > mostSlots)
      throw new UnreadableHistogram("the histogram has more than 2,000,000 values");
    this.counts.push(count);
    this.total += count;
  }

  checked(): SlotCounts {
    if (this.total > MAX_SAFE_INTEGER) throw new UnreadableHistogram("the histogram counts more than 2^53 - 1 values");
    const last = this.slots.at(-1);
    if (last !== undefined && this.layout.highestOf(last) > MAX_SAFE_INTEGER) {
      throw new UnreadableHistogram("the histogram has a value above 2^53 - 1");
    }
    return this;
  }
}
