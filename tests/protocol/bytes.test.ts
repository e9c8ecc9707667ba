import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteReader, ByteWriter } from "../../src/protocol/bytes.ts";
import { ProtocolError } from "../../src/protocol/channel.ts";
import { assertProperty } from "../support/property.ts";

type Item =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "block"; readonly value: Uint8Array };

const number = fc.oneof(fc.maxSafeNat(), fc.nat(), fc.constantFrom(0, 127, 128, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 1));
const items = fc.array(
  fc.oneof(
    number.map((value): Item => ({ kind: "number", value })),
    fc.string({ unit: "binary", maxLength: 6_000 }).map((value): Item => ({ kind: "text", value })),
    fc.uint8Array({ maxLength: 6_000 }).map((value): Item => ({ kind: "block", value })),
  ),
  { maxLength: 8 },
);

function write(writer: ByteWriter, list: readonly Item[]): Uint8Array {
  writer.reset();
  for (const item of list) {
    if (item.kind === "number") writer.varint(item.value);
    else if (item.kind === "text") writer.text(item.value);
    else
      writer.block(item.value.length + 9, (target, offset) => {
        target.set(item.value, offset);
        return offset + item.value.length;
      });
  }
  return writer.finish();
}

function read(reader: ByteReader, list: readonly Item[]): Item[] {
  return list.map((item): Item => {
    if (item.kind === "number") return { kind: "number", value: reader.varint() };
    if (item.kind === "text") return { kind: "text", value: reader.text() };
    return { kind: "block", value: Uint8Array.from(reader.block()) };
  });
}

test("what was written is read completely; a writer can be reused", () => {
  const writer = new ByteWriter();
  assertProperty(
    fc.property(items, (list) => {
      const reader = new ByteReader(write(writer, list));
      assert.deepEqual(read(reader, list), list);
      assert.ok(reader.atEnd);
    }),
  );
});

// An endpoint can have any name; two different names must stay different.
test("text keeps a byte order mark at its beginning", () => {
  const writer = new ByteWriter();
  writer.text("\uFEFF/jobs");
  assert.equal(new ByteReader(writer.finish()).text(), "\uFEFF/jobs");
});

test("half a surrogate pair becomes the replacement character", () => {
  const writer = new ByteWriter();
  writer.text("a\uD800b");
  assert.equal(new ByteReader(writer.finish()).text(), "a\uFFFDb");
});

test("a finished frame is a copy that later writes do not change", () => {
  const writer = new ByteWriter();
  const first = write(writer, [{ kind: "text", value: "first" }]);
  write(writer, [{ kind: "text", value: "other" }]);
  assert.equal(new ByteReader(first).text(), "first");
});

test("a number takes one byte up to 127 and at most eight", () => {
  for (const [value, size] of [
    [127, 1],
    [128, 2],
    [2 ** 53 - 1, 8],
  ] as const) {
    const writer = new ByteWriter();
    writer.varint(value);
    assert.equal(writer.finish().length, size);
  }
});

test("a frame that is cut anywhere is refused", () => {
  const list: Item[] = [
    { kind: "number", value: 2 ** 53 - 1 },
    { kind: "text", value: "naïve 🦊" },
    { kind: "block", value: Uint8Array.of(1, 2, 3) },
  ];
  const whole = write(new ByteWriter(), list);
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => read(new ByteReader(whole.subarray(0, length)), list), ProtocolError, `${length} bytes`);
  }
});

test("numbers above 2^53 - 1, endless numbers and text that is not UTF-8 are refused", () => {
  const justAbove = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
  assert.throws(() => new ByteReader(Uint8Array.from(justAbove)).varint(), /above 2\^53/);
  assert.throws(() => new ByteReader(new Uint8Array(64).fill(0xff)).varint(), /above 2\^53/);
  assert.throws(() => new ByteReader(Uint8Array.of(2, 0xc3, 0x28)).text(), /not UTF-8/);
});
