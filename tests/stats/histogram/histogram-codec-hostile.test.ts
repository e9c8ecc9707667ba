import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { exitCodes } from "../../../src/core/errors.ts";
import {
  decodeAndAdd,
  decodeCompressed,
  encodeCompressed,
  validateEncoded,
} from "../../../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../../src/stats/histogram/cumulative-histogram.ts";
import { HistogramFormatError } from "../../../src/stats/histogram/layout.ts";
import type { EncodedHistogram } from "../../../src/stats/interval-report.ts";
import { assertProperty } from "../../support/property.ts";
import { anyMicros, contentOf, encode, merge, recordAll } from "./histogram-fixtures.ts";

const empty = { count: 0, minMicros: 0, maxMicros: 0, sumMicros: 0 };

/** A frame with a valid header and the given payload. */
function frameOf(...payload: number[]): Uint8Array {
  const frame = Buffer.concat([encode(recordAll([])).bytes.subarray(0, 40), Buffer.from(payload)]);
  frame.writeUInt32BE(payload.length, 4);
  return frame;
}

/** Decodes into a histogram with samples, which must stay unchanged if the bytes are refused. */
function decodesOrRefuses(encoded: EncodedHistogram): boolean {
  const into = merge(recordAll([5, 70_000]));
  const before = contentOf(into);
  try {
    decodeAndAdd(encoded, into);
  } catch (error) {
    assert.ok(error instanceof HistogramFormatError, String(error));
    assert.deepEqual(contentOf(into), before);
    return false;
  }
  validateEncoded(encoded);
  const { slots, count, maxMicros, minMicros } = contentOf(into);
  assert.equal(
    slots.reduce((total, [, slotCount]) => total + slotCount, 0),
    count,
  );
  assert.ok(minMicros <= 5 && maxMicros >= 70_000);
  return true;
}

function assertRefused(bytes: Uint8Array, aggregates = empty): void {
  assert.equal(decodesOrRefuses({ ...aggregates, bytes }), false);
  assert.throws(() => validateEncoded({ ...aggregates, bytes }), HistogramFormatError);
}

test("the error is a defect of the peer with a stable code", () => {
  assert.throws(() => decodeAndAdd({ ...empty, bytes: new Uint8Array() }, new CumulativeHistogram()), {
    name: "HistogramFormatError",
    code: "bad-histogram",
    exitCode: exitCodes.defect,
  });
});

test("any byte string is decoded or refused", () => {
  assertProperty(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, count) => {
      decodesOrRefuses({ ...empty, count, bytes });
      decodesOrRefuses({ ...empty, bytes: frameOf(...bytes) });
    }),
    { factor: 2 },
  );
});

test("any change to a frame is decoded or refused", () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  assertProperty(
    fc.property(fc.array(anyMicros, { minLength: 1 }), edits, fc.nat(3), (samples, changes, cut) => {
      const encoded = encode(recordAll(samples));
      const bytes = encoded.bytes.slice(0, encoded.bytes.length - cut);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      decodesOrRefuses({ ...encoded, bytes });
    }),
    { factor: 5 },
  );
});

test("every cut of a frame, and a byte too many, is refused", () => {
  const encoded = encode(recordAll([3, 900, 2_000_000]));
  for (let length = 0; length < encoded.bytes.length; length++) {
    assertRefused(encoded.bytes.subarray(0, length), encoded);
  }
  assertRefused(Buffer.concat([encoded.bytes, Buffer.alloc(1)]), encoded);
  assert.equal(decodesOrRefuses(encoded), true);
});

test("every field of the header is checked", () => {
  const encoded = encode(recordAll([1_000]));
  for (let at = 0; at < 40; at++) {
    const bytes = encoded.bytes.slice();
    bytes[at] = (bytes[at] as number) ^ 0x40;
    assertRefused(bytes, encoded);
  }
});

test("a payload that is not a table of counts is refused", () => {
  const one = { count: 1, minMicros: 0, maxMicros: 0, sumMicros: 0 };
  assert.equal(decodesOrRefuses({ ...one, bytes: frameOf(2) }), true);
  assertRefused(frameOf(2, 0x80), one); // a varint that is cut off
  assertRefused(frameOf(2, ...Array<number>(8).fill(0x80), 1), one); // a varint of 9 bytes
  assertRefused(frameOf(...Array<number>(7).fill(0xff), 0x7f), one); // a run of 2^55 zeros
  assertRefused(frameOf(2, 0xff, 0xff, 0x7f), one); // a run past the last slot
  assertRefused(frameOf(...Array<number>(23_553).fill(0))); // more counts than slots
  assertRefused(frameOf(0xff, 0xef, 0x02, 2), one); // a count in slot 23,552
  assertRefused(frameOf(0xff, 0xec, 0x02, 2), { count: 1, minMicros: 4e9, maxMicros: 4e9, sumMicros: 4e9 }); // above 1 hour
});

test("counts above 2^53 - 1 are refused, alone, as a sum and in the total", () => {
  const huge = { count: 2 ** 53 - 1, minMicros: 0, maxMicros: 0, sumMicros: 0 };
  const largest = [0xfe, ...Array<number>(6).fill(0xff), 0x1f]; // 2^53 - 1
  const bytes = frameOf(...largest);
  const into = new CumulativeHistogram();
  decodeAndAdd({ ...huge, bytes }, into);
  assert.equal(into.count, 2 ** 53 - 1);
  assert.equal(decodesOrRefuses({ ...huge, bytes }), false, "into one that holds samples");
  assertRefused(frameOf(0x80, ...Array<number>(6).fill(0x80), 0x20), { ...huge, count: 2 ** 53 });
  assertRefused(frameOf(...largest, 2), { ...huge, count: 2 ** 53, maxMicros: 1, sumMicros: 1 });
});

test("aggregates that are not of these samples are refused", () => {
  const encoded = encode(recordAll([1_000, 500_000]));
  const wrong: Partial<EncodedHistogram>[] = [
    { count: 1 },
    { count: 3 },
    { count: Number.NaN },
    { minMicros: 999 },
    { minMicros: Number.NaN },
    { maxMicros: 501_000 },
    { maxMicros: Number.POSITIVE_INFINITY },
    { sumMicros: Number.NaN },
    { sumMicros: 1_000 },
    { sumMicros: 2_000_000 },
    { sumMicros: Number.POSITIVE_INFINITY },
  ];
  for (const change of wrong) assertRefused(encoded.bytes, { ...encoded, ...change });
});

test("a compressed form that is not valid, or inflates without end, is refused", () => {
  const good = encodeCompressed(recordAll([1, 2, 3]));
  const bomb = deflateSync(Buffer.alloc(50_000_000));
  const head = Buffer.from(good.subarray(0, 8));
  head.writeUInt32BE(bomb.length, 4);
  assert.throws(() => decodeCompressed(Buffer.concat([head, bomb])), HistogramFormatError);
  assertProperty(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
      const bytes = Buffer.from(good.subarray(0, length));
      bytes[at] = value;
      try {
        decodeCompressed(bytes);
      } catch (error) {
        assert.ok(error instanceof HistogramFormatError, String(error));
      }
    }),
    { factor: 2 },
  );
});
