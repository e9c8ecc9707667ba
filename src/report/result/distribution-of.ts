import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { rounded } from "../numbers.ts";
import type { Distribution } from "./result-schema.ts";

/** The percentiles of every report. */
const reportedPercentiles = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;

/** Converts a histogram to the form of a result: in ms, or in the unit of a trend. */
export function distributionOf(histogram: CumulativeHistogram): Distribution {
  const values = histogram.percentilesMicros(reportedPercentiles);
  return {
    min: histogram.minMicros / 1_000,
    mean: rounded(histogram.meanMicros / 1_000),
    max: histogram.maxMicros / 1_000,
    stddev: rounded(histogram.stddevMicros / 1_000),
    percentiles: Object.fromEntries(
      reportedPercentiles.map((p, position) => [String(p), (values[position] ?? 0) / 1_000]),
    ),
  };
}
