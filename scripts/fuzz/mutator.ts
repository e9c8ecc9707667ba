/** Bytes and texts that readers often treat in a special way. */
const interesting: readonly Buffer[] = [
  ...[0, 1, 0x7f, 0x80, 0xff].map((byte) => Buffer.from([byte])),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  ...[
    '"',
    "\\",
    "[",
    "{",
    "}",
    "null",
    "-1",
    "1e999",
    "NaN",
    "0.1",
    "9007199254740993",
    "__proto__",
    "constructor",
    "\r\n",
    "\u2028",
    "\ud83d\ude00",
    "[[[[[[[[",
  ].map((text) => Buffer.from(text)),
];
const largest = 1_000_000;

/** Makes inputs from others by small changes. The same seed makes the same inputs. */
export class Mutator {
  readonly #beginnings: readonly Buffer[];
  #state: number;

  constructor(seed: number, beginnings: readonly Buffer[]) {
    this.#beginnings = beginnings;
    this.#state = seed >>> 0;
  }

  next(): Buffer {
    let input = this.#oneOf(this.#beginnings);
    for (let changes = 1 + this.#below(6); changes > 0; changes--) input = this.#changed(input);
    return input.subarray(0, largest);
  }

  #changed(input: Buffer): Buffer {
    const at = this.#below(input.length + 1);
    const to = Math.min(input.length, at + 1 + this.#below(this.#below(2) === 0 ? 4 : 64));
    const [before, piece, after] = [input.subarray(0, at), input.subarray(at, to), input.subarray(to)];
    switch (this.#below(8)) {
      case 0:
        return Buffer.concat([before, after]);
      case 1:
        return Buffer.concat([before, piece, piece, after]);
      case 2:
        return Buffer.concat([before, this.#oneOf(interesting), after]);
      case 3:
        return Buffer.concat([before, this.#oneOf(interesting), piece, after]);
      case 4:
        return Buffer.from(before);
      case 5: {
        const other = this.#oneOf(this.#beginnings);
        return Buffer.concat([before, other.subarray(this.#below(other.length + 1))]);
      }
      default: {
        const copy = Buffer.from(input);
        if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << this.#below(8));
        return copy;
      }
    }
  }

  #oneOf<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)] as Item;
  }

  /** A whole number from 0 to below `limit` (mulberry32). */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}
