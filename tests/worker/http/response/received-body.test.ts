import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  append,
  BodyBlocks,
  bodyBytes,
  bodyText,
  maxKeptBytes,
  type ReceivedBody,
} from "../../../../src/worker/http/response/received-body.ts";
import { assertProperty } from "../../../support/property.ts";

test("a body is what came, whatever the pieces, and as UTF-8 however it was cut", () => {
  const piece = fc.oneof(
    fc.constantFrom("", "a", "ü", "€", "\ufeff", "\0").map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.nat({ max: 70_000 }).map((length) => Buffer.alloc(length, "muster")),
  );
  assertProperty(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      let received: ReceivedBody = "";
      for (const bytes of pieces) {
        const surrounded = Buffer.concat([Buffer.from("<"), bytes, Buffer.from(">")]);
        received = append(received, surrounded, 1, 1 + bytes.length);
        // The engine reads the next bytes into the same place.
        surrounded.fill("#");
      }
      const whole = Buffer.concat(pieces);
      assert.ok(whole.equals(bodyBytes(received)));
      assert.equal(bodyText(received), new TextDecoder().decode(whole));
    }),
  );
});

test("a body that comes byte by byte takes little more memory than one that comes at once", () => {
  const before = process.memoryUsage();
  const blocks = new BodyBlocks();
  const byte = Buffer.from("x");
  for (let count = 0; count < 2_000_000; count++) blocks.add(byte, 0, 1);
  const after = process.memoryUsage();
  assert.ok(after.arrayBuffers - before.arrayBuffers < 4_000_000);
  assert.equal(blocks.toBuffer().length, 2_000_000);
});

test("a body that is too large is not kept", () => {
  const blocks = new BodyBlocks();
  const piece = Buffer.alloc(maxKeptBytes / 4);
  for (let count = 0; count < 4; count++) blocks.add(piece, 0, piece.length);
  assert.equal(blocks.toBuffer().length, maxKeptBytes);
  blocks.add(piece, 0, 1);
  blocks.add(piece, 0, 10);
  assert.throws(() => blocks.toBuffer(), {
    name: "RangeError",
    message: `the body has ${maxKeptBytes + 11} bytes, and only ${maxKeptBytes} are kept`,
  });
});
