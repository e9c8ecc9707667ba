import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { snappyBlock } from "../../../src/runner/metrics/snappy.ts";
import { assertProperty } from "../../support/property.ts";

/** Reads the block format, with all its elements. Source: https://github.com/google/snappy/blob/main/format_description.txt */
class SnappyReader {
  readonly #block: Uint8Array;
  #position = 0;

  constructor(block: Uint8Array) {
    this.#block = block;
  }

  read(): Buffer {
    const output: number[] = [];
    const length = this.#varint();
    while (this.#position < this.#block.length) {
      const tag = this.#number(1);
      if (tag % 4 === 0) output.push(...this.#literal(tag >> 2));
      else this.#copy(tag, output);
    }
    assert.equal(output.length, length);
    return Buffer.from(output);
  }

  #literal(short: number): Uint8Array {
    const size = 1 + (short < 60 ? short : this.#number(short - 59));
    this.#position += size;
    return this.#block.subarray(this.#position - size, this.#position);
  }

  #copy(tag: number, output: number[]): void {
    const isShort = tag % 4 === 1;
    const size = isShort ? 4 + ((tag >> 2) % 8) : 1 + (tag >> 2);
    const offset = isShort ? (tag >> 5) * 256 + this.#number(1) : this.#number(tag % 4 === 2 ? 2 : 4);
    assert.ok(offset > 0 && offset <= output.length);
    for (let i = 0; i < size; i++) output.push(output[output.length - offset] as number);
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#number(1);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  }

  #number(bytes: number): number {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += (this.#block[this.#position++] as number) * 256 ** i;
    return value;
  }
}

const unsnappied = (block: Uint8Array) => new SnappyReader(block).read();

test("what is compressed is what comes out again", () => {
  const repetitive = fc
    .array(fc.tuple(fc.constantFrom("muster_request_duration_seconds_bucket", "GET", "/jobs/:id", "\0"), fc.nat(500)))
    .map((parts) => Buffer.from(parts.map(([text, times]) => text.repeat(times)).join("")));
  const any = fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes));
  assertProperty(
    fc.property(fc.oneof(repetitive, any), (bytes) => {
      assert.ok(bytes.equals(unsnappied(snappyBlock(bytes))));
    }),
    { factor: 0.5 },
  );
});

test("names that repeat take little room", () => {
  const lines = Array.from(
    { length: 2_000 },
    (_, i) => `muster_request_duration_seconds_bucket{name="/jobs",le="${i}"}`,
  );
  const bytes = Buffer.from(lines.join("\n"));
  const block = snappyBlock(bytes);
  assert.ok(bytes.equals(unsnappied(block)));
  assert.ok(block.length < bytes.length / 4, `${block.length} of ${bytes.length}`);
});
