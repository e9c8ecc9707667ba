import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { forgetDecoded, placeOf } from "../../src/stats/decoded-histograms.ts";
import { decodeAndAdd, decodeCompressed, encodeCompressed, validateEncoded } from "../../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../src/stats/histogram/cumulative-histogram.ts";
import { slotCount } from "../../src/stats/histogram/layout.ts";
import { assertProperty } from "../support/property.ts";
import { contentOf, encode, merge, recordAll, trackableMicros } from "./histogram/histogram-fixtures.ts";

test("property: histograms that stay decoded are added unchanged, in every order and with others between", () => {
  const samples = fc.array(trackableMicros, { maxLength: 30 });
  const steps = fc.array(fc.tuple(fc.nat(), fc.constantFrom("validate", "add", "other", "forget")), { maxLength: 60 });
  assertProperty(
    fc.property(fc.array(samples, { minLength: 1, maxLength: 8 }), steps, (all, order) => {
      forgetDecoded();
      const histograms = all.map((some) => recordAll(some));
      const encoded = histograms.map((one) => encode(one));
      for (const one of encoded) validateEncoded(one);
      for (const [choice, what] of order) {
        const [histogram, bytes] = [histograms[choice % all.length], encoded[choice % all.length]];
        assert.ok(histogram !== undefined && bytes !== undefined);
        if (what === "validate") validateEncoded(bytes);
        else if (what === "forget") forgetDecoded();
        else if (what === "other") decodeCompressed(encodeCompressed(recordAll([1, 2, 3_000_000])));
        else {
          const into = new CumulativeHistogram();
          decodeAndAdd(bytes, into);
          assert.deepEqual(contentOf(into), contentOf(merge(histogram)));
        }
      }
    }),
  );
});

test("histograms beyond the room are decoded again", () => {
  forgetDecoded();
  const encoded = Array.from({ length: 40 }, () =>
    encode(recordAll(Array.from({ length: slotCount }, (_, at) => at * 150_000))),
  );
  for (const one of encoded) validateEncoded(one);
  assert.deepEqual([placeOf(encoded[0] as never), placeOf(encoded.at(-1) as never) === null], [null, false]);
  for (const one of encoded) {
    const into = new CumulativeHistogram();
    decodeAndAdd(one, into);
    assert.equal(into.count, slotCount);
  }
});
