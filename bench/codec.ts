import * as hdr from "hdr-histogram-js";
import { decodeAndAdd, encodeCompressed, encodedSizeBound, encodeInto } from "../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../src/stats/histogram/cumulative-histogram.ts";
import { IntervalHistogram } from "../src/stats/histogram/interval-histogram.ts";
import { lognormalSamples } from "../tests/stats/lognormal-samples.ts";
import { type BenchFigure, nanosPerCall } from "./recorder.ts";

const calls = 1_000;
const referenceCalls = 50;

/** Microseconds per typical report histogram: 1,000 lognormal samples. */
export function run(): BenchFigure[] {
  const histogram = new IntervalHistogram();
  const reference = referenceHistogram(32);
  for (const sample of lognormalSamples(1_000, 1)) {
    histogram.record(sample);
    reference.recordValue(sample);
  }
  const target = new Uint8Array(encodedSizeBound(histogram));
  const bytes = target.slice(0, encodeInto(histogram, target, 0));
  const { count, minMicros, maxMicros, sumMicros } = histogram;
  const encoded = { count, minMicros, maxMicros, sumMicros, bytes };
  const total = new CumulativeHistogram();
  const referenceTotal = referenceHistogram(64);

  const encode = microsPerCall(calls, () => encodeInto(histogram, target, 0));
  const compress = microsPerCall(referenceCalls, () => encodeCompressed(histogram).toString("base64"));
  // The reference makes only the compressed form public, so the first ratio also holds its deflating; the second is
  // like for like.
  const referenceCompress = microsPerCall(referenceCalls, () => hdr.encodeIntoCompressedBase64(reference));
  const decode = microsPerCall(calls, () => decodeAndAdd(encoded, total));
  const referenceDecode = microsPerCall(referenceCalls, () => referenceTotal.add(decodeReference(bytes, 32)));
  const add = microsPerCall(calls, () => total.add(histogram));
  const referenceAdd = microsPerCall(referenceCalls, () => referenceTotal.add(reference));
  return [
    { name: "encode one report histogram", value: encode, unit: "us", ratio: referenceCompress / encode },
    { name: "encode and compress it, base64", value: compress, unit: "us", ratio: referenceCompress / compress },
    { name: "decode and add it", value: decode, unit: "us", ratio: referenceDecode / decode },
    { name: "add it without decoding", value: add, unit: "us", ratio: referenceAdd / add },
  ];
}

// A static function that the declarations of hdr-histogram-js hide.
const { decode: decodeReference } = hdr.JsHistogram as unknown as {
  decode(bytes: Uint8Array, bitBucketSize: 32): hdr.JsHistogram;
};

function microsPerCall(callsPerRound: number, call: () => void): number {
  const nanos = nanosPerCall(callsPerRound, () => {
    for (let i = 0; i < callsPerRound; i++) call();
  });
  return nanos / 1_000;
}

function referenceHistogram(bitBucketSize: 32 | 64): hdr.JsHistogram {
  return hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
    bitBucketSize,
    useWebAssembly: false,
  }) as hdr.JsHistogram;
}

if (import.meta.main) console.table(run());
