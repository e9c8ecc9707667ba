/** The size of the blocks in which matches are searched, in bytes: a copy of three bytes can reach back this far. */
const blockSize = 65_536;
const hashBits = 14;
const shortestMatch = 4;
const longestCopy = 64;

/**
 * Compresses bytes in the block format of Snappy. Matches are found by a hash of four bytes, as in the original implementation.
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 */
export function snappyBlock(input: Uint8Array): Uint8Array {
  const output = new SnappyOutput(input);
  for (let start = 0; start < input.length; start += blockSize) {
    compressBlock(input, start, Math.min(start + blockSize, input.length), output);
  }
  return output.finish();
}

function compressBlock(input: Uint8Array, start: number, end: number, output: SnappyOutput): void {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  // The position + 1 of the last four bytes with each hash.
  const seen = new Uint32Array(1 << hashBits);
  let literalFrom = start;
  let position = start;
  while (position + shortestMatch <= end) {
    const word = view.getUint32(position, true);
    const hash = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
    const candidate = (seen[hash] as number) - 1;
    seen[hash] = position + 1;
    if (candidate < start || view.getUint32(candidate, true) !== word) {
      position++;
      continue;
    }
    let length = shortestMatch;
    while (position + length < end && input[candidate + length] === input[position + length]) length++;
    output.literal(literalFrom, position);
    output.copy(position - candidate, length);
    position += length;
    literalFrom = position;
  }
  output.literal(literalFrom, end);
}

class SnappyOutput {
  readonly #input: Uint8Array;
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
    // The bound that the format states for input that cannot be compressed.
    this.#bytes = new Uint8Array(32 + input.length + Math.ceil(input.length / 6));
    let length = input.length;
    for (; length >= 0x80; length = Math.floor(length / 0x80)) this.#push((length % 0x80) + 0x80);
    this.#push(length);
  }

  /** Writes the bytes of the input from `from` up to, and without, `to` as they are. */
  literal(from: number, to: number): void {
    const last = to - from - 1;
    if (last < 0) return;
    if (last < 60) this.#push(last << 2);
    else if (last < 0x100) this.#push(60 << 2, last);
    else this.#push(61 << 2, last & 0xff, last >> 8);
    this.#bytes.set(this.#input.subarray(from, to), this.#length);
    this.#length += to - from;
  }

  /** Repeats `length` bytes that came `offset` (below 65,536) bytes ago. */
  copy(offset: number, length: number): void {
    for (let left = length; left > 0; ) {
      const part = Math.min(left, longestCopy);
      this.#push(((part - 1) << 2) | 2, offset & 0xff, offset >> 8);
      left -= part;
    }
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #push(...bytes: number[]): void {
    for (const byte of bytes) this.#bytes[this.#length++] = byte;
  }
}
