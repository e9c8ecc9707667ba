import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as hdr from "hdr-histogram-js";
import { decompress } from "hdr-histogram-js/dist/encoding.js";
import {
  decodeAndAdd,
  decodeCompressed,
  encodeCompressed,
  encodedSizeBound,
  encodeInto,
} from "../../../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../../src/stats/histogram/cumulative-histogram.ts";
import { assertProperty } from "../../support/property.ts";
import { lognormalSamples } from "../lognormal-samples.ts";
import {
  anyMicros,
  contentOf,
  encode,
  hiddenReference,
  merge,
  recordAll,
  referenceOf,
  trackableMicros,
} from "./histogram-fixtures.ts";

const headerSize = 40;

/** Encodes without compression: the reference has only a compressed encoding and a public inflate. */
function referenceBytes(reference: hdr.JsHistogram): Buffer {
  const compressed = Buffer.from(hdr.encodeIntoCompressedBase64(reference), "base64");
  return Buffer.from(decompress(compressed));
}

test("what was encoded is decoded bit for bit, from both kinds of histogram", () => {
  assertProperty(
    fc.property(fc.array(anyMicros), fc.array(anyMicros), (samples, present) => {
      const interval = recordAll(samples);
      const into = merge(recordAll(present));
      decodeAndAdd(encode(interval), into);
      assert.deepEqual(contentOf(into), contentOf(merge(recordAll([...present, ...samples]))));
      assert.deepEqual(encode(merge(interval)), encode(interval));
    }),
  );
});

test("counts of every size up to 2^52 survive encoding", () => {
  const histogram = merge(recordAll([0, 3, 3_600_000_000]));
  for (let doubling = 0; doubling < 51; doubling++) {
    const decoded = new CumulativeHistogram();
    decodeAndAdd(encode(histogram), decoded);
    assert.deepEqual(contentOf(decoded), contentOf(histogram));
    histogram.add(histogram);
  }
});

test("the encoding is written at the given offset, and the bytes around it stay unchanged", () => {
  const histogram = recordAll(lognormalSamples(1_000, 3));
  const target = new Uint8Array(7 + encodedSizeBound(histogram) + 7).fill(0xaa);
  const end = encodeInto(histogram, target, 7);
  assert.deepEqual(target.slice(7, end), encode(histogram).bytes);
  assert.ok(target.subarray(0, 7).every((byte) => byte === 0xaa));
  assert.ok(target.subarray(end).every((byte) => byte === 0xaa));
});

test("a target that is too small is refused", () => {
  const histogram = recordAll(lognormalSamples(1_000, 3));
  const { length } = encode(histogram).bytes;
  for (const size of [0, 39, 40, length - 1]) {
    assert.throws(() => encodeInto(histogram, new Uint8Array(size), 0), RangeError);
  }
  assert.equal(encodeInto(histogram, new Uint8Array(length), 0), length);
});

test("the payload is byte for byte that of hdr-histogram-js, which decodes it", () => {
  assertProperty(
    fc.property(fc.array(trackableMicros), (samples) => {
      const { bytes } = encode(recordAll(samples));
      const reference = referenceOf(samples);
      assert.deepEqual(Buffer.from(bytes.subarray(headerSize)), referenceBytes(reference).subarray(headerSize));
      const decoded = hiddenReference.decode(bytes);
      assert.equal(decoded.totalCount, samples.length);
      assert.equal(decoded.getValueAtPercentile(99), reference.getValueAtPercentile(99));
    }),
  );
});

test("what hdr-histogram-js encodes is decoded, with its index offset of 1", () => {
  assertProperty(
    fc.property(fc.array(trackableMicros), (samples) => {
      const interval = recordAll(samples);
      const bytes = referenceBytes(referenceOf(samples));
      assert.equal(bytes.readUInt32BE(8), 1);
      const into = new CumulativeHistogram();
      decodeAndAdd({ ...encode(interval), bytes }, into);
      assert.deepEqual(contentOf(into), contentOf(merge(interval)));
    }),
  );
});

test("the compressed form is exchanged with hdr-histogram-js both ways", () => {
  const samples = lognormalSamples(5_000, 4);
  const reference = referenceOf(samples);
  const theirs = hdr.decodeFromCompressedBase64(encodeCompressed(recordAll(samples)).toString("base64"), 64);
  assert.equal(theirs.totalCount, 5_000);
  const ours = decodeCompressed(Buffer.from(hdr.encodeIntoCompressedBase64(reference), "base64"));
  for (const p of [50, 95, 99.9, 100]) {
    assert.equal(theirs.getValueAtPercentile(p), reference.getValueAtPercentile(p));
    assert.equal(ours.percentileMicros(p), reference.getValueAtPercentile(p));
  }
});

test("the compressed form keeps every slot; minimum, maximum and sum are those of the slots", () => {
  assertProperty(
    fc.property(fc.array(trackableMicros), (samples) => {
      const original = merge(recordAll(samples));
      const decoded = decodeCompressed(encodeCompressed(original));
      assert.deepEqual(contentOf(decoded).slots, contentOf(original).slots);
      assert.equal(decoded.count, original.count);
      assert.ok(decoded.minMicros <= original.minMicros && decoded.maxMicros >= original.maxMicros);
      assert.ok(decoded.maxMicros <= original.maxMicros * 1.001);
      assert.ok(Math.abs(decoded.sumMicros - original.sumMicros) <= original.sumMicros / 1_000);
      assert.deepEqual(contentOf(decodeCompressed(encodeCompressed(decoded))), contentOf(decoded));
    }),
  );
});
