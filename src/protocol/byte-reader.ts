import { ProtocolError } from "./channel.ts";

/** Reads what `ByteWriter` wrote. Every method throws ProtocolError instead of reading past the end. */
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
      if (byte === undefined) throw new ProtocolError("the report frame is cut short");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new ProtocolError("the report frame holds a number above 2^53");
  }

  /** A finite one. */
  double(): number {
    const bytes = this.#take(8);
    const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
    if (!Number.isFinite(value)) throw new ProtocolError("the report frame holds a number that is none");
    return value;
  }

  text(): string {
    const bytes = this.#take(this.varint());
    try {
      return this.#decoder.decode(bytes);
    } catch (cause) {
      throw new ProtocolError("the report frame holds text that is not UTF-8", { cause });
    }
  }

  block(): Uint8Array {
    const head = this.#take(4);
    const length = new DataView(head.buffer, head.byteOffset, 4).getUint32(0);
    return this.#take(length);
  }

  /** A list behind its length; `read` takes one item from this reader. */
  list<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let left = this.varint(); left > 0; left--) items.push(read());
    return items;
  }

  #take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new ProtocolError("the report frame is cut short");
    const part = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }
}
