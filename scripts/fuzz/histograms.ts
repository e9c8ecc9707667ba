import { readCompressedHistogram } from "../../src/report/hdr/compressed-histogram.ts";
import { decodeCompressed, encodeCompressed } from "../../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../src/stats/histogram/cumulative-histogram.ts";
import { IntervalHistogram } from "../../src/stats/histogram/interval-histogram.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";

/** Compressed histograms, as stores have them and as files of other tools do. */
export function histogramsTarget(): Promise<FuzzTarget> {
  const histogram = new IntervalHistogram();
  for (let n = 0; n < 1_000; n++) histogram.record((n * 7_919) % 3_000_000);
  return mutatingTarget({
    corpus: "histograms",
    more: [encodeCompressed(histogram), encodeCompressed(new CumulativeHistogram())],
    inputsPerRound: 1_000,
    // One of the two forms at a time: each refuses what the other takes.
    read: (input) => {
      if (input.length % 2 === 0) decodeCompressed(input);
      else readCompressedHistogram(input.toString("base64"));
    },
  });
}
