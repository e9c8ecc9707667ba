import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { readCompressedHistogram } from "../../../src/report/hdr/compressed-histogram.ts";
import { UnreadableHistogram } from "../../../src/report/hdr/slot-counts.ts";
import { ValueTotals } from "../../../src/report/hdr/value-totals.ts";
import { assertProperty } from "../../support/property.ts";
import { compressed, encodedCounts, encodedPayload, histogramOf } from "./histogram-files.ts";

const percentiles = [10, 50, 90, 95, 99, 99.9, 100];
const digits = fc.constantFrom(1, 2, 3, 4, 5);
/** From a few units to some days in nanoseconds. */
const values = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 42 }), fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true }))
    .map(([power, factor]) => Math.floor(2 ** power * factor)),
  { minLength: 1, maxLength: 60 },
);

test("histograms of hdr-histogram-js of any range and digits are read with their counts and percentiles", () => {
  assertProperty(
    fc.property(values, digits, fc.constantFrom(1, 2, 1_000, 20_000), (samples, precision, lowest) => {
      const written = histogramOf(samples, precision, lowest);
      const total = new ValueTotals();
      total.add(readCompressedHistogram(encodeIntoCompressedBase64(written)));
      const read = total.statistics(percentiles);
      assert.equal(total.count, samples.length);
      const expected = percentiles.map((p) => written.getValueAtPercentile(p));
      assert.deepEqual([read.min, ...read.percentiles], [written.getValueAtPercentile(0), ...expected]);
      // The library walks through all its slots, which are millions with 5 digits.
      if (precision > 3) return;
      assertNear(read.mean, written.mean);
      assertNear(read.stddev, written.stdDeviation);
    }),
    { factor: 0.1 },
  );
});

test("histograms of different digits and units add up, as exactly as the coarsest of them", () => {
  assertProperty(
    fc.property(
      fc.array(fc.tuple(values, digits, fc.constantFrom(1, 1_024)), { minLength: 1, maxLength: 4 }),
      (parts) => {
        const total = new ValueTotals();
        for (const [samples, precision, lowest] of parts) {
          total.add(readCompressedHistogram(encodeIntoCompressedBase64(histogramOf(samples, precision, lowest))));
        }
        const samples = parts.flatMap(([some]) => some).sort((a, b) => a - b);
        const coarsest = 10 ** -Math.min(...parts.map(([, precision]) => precision));
        assert.equal(total.count, samples.length);
        const found = total.statistics(percentiles).percentiles;
        for (const [position, p] of percentiles.entries()) {
          const exact = samples[Math.max(0, Math.ceil((p / 100) * samples.length - 1e-9) - 1)] ?? 0;
          const value = found[position] ?? 0;
          assert.ok(value >= exact && value <= exact + coarsest * exact + 1_024, `p${p}: ${value} for ${exact}`);
        }
      },
    ),
    { factor: 0.1 },
  );
});

test("the encodings V0 and V1, in words of 2, 4 and 8 bytes, are read as V2 is", () => {
  const counts = [0, 3, 0, 0, 70, ...new Array<number>(3_000).fill(0), 1, 30_000];
  const expected = { slots: [1, 4, 3_005, 3_006], counts: [3, 70, 1, 30_000] };
  for (const version of [0, 1] as const) {
    for (const wordBytes of [2, 4, 8] as const) {
      const read = readCompressedHistogram(encodedCounts(counts, { version, wordBytes }));
      assert.deepEqual({ slots: read.slots, counts: read.counts }, expected, `V${version}, ${wordBytes} bytes`);
    }
  }
});

/** From the tests of HdrHistogram's ports to Go and JavaScript, which refuse it. */
test("a V1 histogram of Java's is read", () => {
  const read = readCompressedHistogram(
    "HISTIgAAAFd42pNpmazIwMAYxgABTBDKT4GBgdnNYMcCBvsPUBkeBkYGZqA8MwMbAzsDC5DFBCTZgJCDQY1BjkGLQZRBlUEPCB8zWDCYMxgDZZkZhgJgHDibAY8JB/A=",
  );
  assert.deepEqual(
    [read.layout.digits, read.layout.lowestDiscernible, read.counts.slice(0, 4)],
    [2, 20_000, [12, 1, 3, 2]],
  );
});

test("data that is not a readable histogram is refused with the reason", () => {
  const v2 = (payload: readonly number[], rest = {}) =>
    encodedPayload(Uint8Array.from(payload), { version: 2, ...rest });
  const most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe];
  for (const [base64, says] of [
    ["HIST*", /not base64/],
    ["HIST", /cut off/],
    [Buffer.from("no histogram at all").toString("base64"), /begins with 0x6e6f2068, not with a compressed encoding/],
    [compressed(0x0c72_124f, Buffer.alloc(60)), /fractions for values \(DoubleHistogram\)/],
    [v2([2]).slice(0, 40), /cut off/],
    [compressed(0x1c84_9314, Buffer.alloc(39)), /cut off/],
    [compressed(0x1c84_9314, Buffer.alloc(60)), /not a histogram of the same version/],
    [compressed(0x1c84_9314, Buffer.alloc(2 ** 26 + 1)), /inflates to more than 64 MiB/],
    [`${compressed(0x1c84_9314, Buffer.alloc(60)).slice(0, 12)}AAAAAAAAAAAAAAAA`, /cut off|cannot be inflated/],
    [v2([2], { digits: 6 }), /6 significant digits/],
    [v2([2], { lowest: 0n }), /a range from 0 to/],
    [v2([2], { highest: 1n }), /a range from 1 to 1$/],
    [v2([2], { ratio: 0.5 }), /fractions for values \(a ratio/],
    [v2([0x82]), /ends within a count/],
    [v2(most.map((byte, position) => (position === 0 ? 0xfe : byte))), /counts more than 2\^53 - 1 values/],
    [v2([...most, 2]), /a count past its highest value/],
    [v2([0xff, 0xff, 0xff, 0x7f, 2]), /a count past its highest value/],
    [v2([0xef, 0xcf, 0x05, 2], { highest: 2n ** 62n }), /a value above 2\^53 - 1/],
    [encodedCounts([0, -1], { version: 1, wordBytes: 4 }), /a negative count/],
    [encodedPayload(Buffer.alloc(3), { version: 1, wordBytes: 1 as 2 }), /counts of 0 bytes/],
  ] as const) {
    assert.throws(() => readCompressedHistogram(base64), { constructor: UnreadableHistogram, message: says });
  }
});

test("any change of a histogram is refused or read, and nothing else", () => {
  const whole = Buffer.from(encodeIntoCompressedBase64(histogramOf([1, 20, 300, 4_000, 50_000])), "base64");
  assertProperty(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
      const changed = Buffer.from(whole.subarray(0, length));
      if (at < length) changed[at] = byte;
      try {
        readCompressedHistogram(changed.toString("base64"));
      } catch (error) {
        assert.ok(error instanceof UnreadableHistogram, String(error));
      }
    }),
  );
});

function assertNear(value: number, expected: number): void {
  assert.ok(Math.abs(value - expected) <= 1e-9 * expected + 1e-6, `${value} for ${expected}`);
}
