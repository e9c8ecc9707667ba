import { ProtocolError } from "./channel.ts";

/** Reads bytes that `ByteWriter` wrote. Every method throws a ProtocolError instead of reading past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count++) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) throw new ProtocolError("the report frame ends too early");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new ProtocolError("the report frame contains a number above 2^53");
  }

  /** Reads a finite number. */
  double(): number {
    const bytes = this.#take(8);
    const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
    if (!Number.isFinite(value)) throw new ProtocolError("the report frame contains a number that is not finite");
    return value;
  }

  /** Reads text of at most `mostBytes` bytes of UTF-8. */
  text(mostBytes = Number.MAX_SAFE_INTEGER): string {
    const length = this.varint();
    if (length > mostBytes) throw new ProtocolError(`the report frame contains a string of ${length} bytes`);
    const bytes = this.#take(length);
    try {
      return this.#decoder.decode(bytes);
    } catch (cause) {
      throw new ProtocolError("the report frame contains text that is not UTF-8", { cause });
    }
  }

  block(): Uint8Array {
    const head = this.#take(4);
    const length = new DataView(head.buffer, head.byteOffset, 4).getUint32(0);
    return this.#take(length);
  }

  /** Reads a list of at most `most` items after its length; `read` reads one item from this reader. */
  list<Item>(most: number, read: () => Item): Item[] {
    const items: Item[] = [];
    const length = this.varint();
    if (length > most) throw new ProtocolError(`the report frame contains a list of ${length} items`);
    for (let left = length; left > 0; left--) items.push(read());
    return items;
  }

  #take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new ProtocolError("the report frame ends too early");
    const part = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }
}

/** A growing buffer for report frames, reused from frame to frame. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;
  readonly #encoder = new TextEncoder();

  /** Returns a copy of the bytes written since the last `reset`. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
  }

  /** Writes an unsigned integer up to 2^53 - 1 in LEB128, 1 to 8 bytes. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Writes a number in 8 bytes, big-endian. */
  double(value: number): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value);
    this.#length += 8;
  }

  /** Writes UTF-8 text after its length in bytes. */
  text(value: string): void {
    const encoded = this.#encoder.encode(value);
    this.varint(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /**
   * Writes bytes after their length, in place: `encode` gets the buffer and an offset and returns the end offset. `bound`
   * is the maximum number of bytes.
   */
  block(bound: number, encode: (target: Uint8Array, offset: number) => number): void {
    this.#reserve(bound + 4);
    const start = this.#length + 4;
    const length = encode(this.#bytes, start) - start;
    new DataView(this.#bytes.buffer).setUint32(this.#length, length);
    this.#length = start + length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
