/** The wire types of protobuf: https://protobuf.dev/programming-guides/encoding/#structure. */
const wireVarint = 0;
const wireFixed64 = 1;
const wireBytes = 2;

/** The initial size of the buffer, in bytes. Most messages are small: an attribute, or a point. */
const firstSize = 128;
const encoder = new TextEncoder();

/**
 * Writes one protobuf message. Fields are written in the order of the calls, as the format allows.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(firstSize);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Writes a `uint32`, `uint64`, `bool` or `enum`. @param value a whole number from 0 to 2^53 - 1 */
  varint(field: number, value: number): this {
    this.#tag(field, wireVarint);
    this.#varint(value);
    return this;
  }

  /** Writes a `sint32`. @param value a whole number of 32 bits */
  sint32(field: number, value: number): this {
    return this.varint(field, zigzag(value));
  }

  /** Writes a `fixed64` or a `sfixed64`. */
  fixed64(field: number, value: bigint): this {
    this.#tag(field, wireFixed64);
    this.#reserve(8);
    this.#view.setBigInt64(this.#length, BigInt.asIntN(64, value), true);
    this.#length += 8;
    return this;
  }

  double(field: number, value: number): this {
    this.#tag(field, wireFixed64);
    this.#double(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, wireBytes);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  /** Writes a field that is a message. `write` gets a writer for the fields of the message. */
  message(field: number, write: (inner: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter();
    write(inner);
    return this.bytes(field, inner.#written());
  }

  /** Adds all fields of another writer to this message. */
  append(other: ProtobufWriter): this {
    const fields = other.#written();
    this.#reserve(fields.length);
    this.#bytes.set(fields, this.#length);
    this.#length += fields.length;
    return this;
  }

  /** Writes a packed `repeated uint64`. */
  packedVarints(field: number, values: Iterable<number>): this {
    const inner = new ProtobufWriter();
    for (const value of values) inner.#varint(value);
    return this.bytes(field, inner.#written());
  }

  /** The number of bytes that were written so far. */
  get length(): number {
    return this.#length;
  }

  /** Returns a copy of the message. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(given: number): void {
    this.#reserve(8);
    let value = given;
    // Shifts would cut the value to 32 bits.
    for (; value >= 0x80; value = Math.floor(value / 0x80)) this.#bytes[this.#length++] = (value % 0x80) + 0x80;
    this.#bytes[this.#length++] = value;
  }

  #double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#length + more, 2 * this.#bytes.length));
    grown.set(this.#written());
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Maps numbers with a sign to numbers without, so that small ones remain small: 0, -1, 1, -2 become 0, 1, 2, 3. */
function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}
