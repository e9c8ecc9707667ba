/** A growing buffer for report frames; reused from frame to frame. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;
  readonly #encoder = new TextEncoder();

  /** A copy of what was written since the last `reset`. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
  }

  /** An unsigned integer up to 2^53 - 1 in LEB128, 1 to 8 bytes. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** 8 bytes, big-endian. */
  double(value: number): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value);
    this.#length += 8;
  }

  /** UTF-8, behind its length in bytes. */
  text(value: string): void {
    const encoded = this.#encoder.encode(value);
    this.varint(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /**
   * Bytes behind their length, written in place: `encode` gets the buffer and an offset and returns the end offset.
   * `bound` is the most that it may write.
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
