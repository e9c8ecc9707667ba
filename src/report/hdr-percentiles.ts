import type { CumulativeHistogram } from "../stats/histogram/cumulative-histogram.ts";
import { countsIndexOf, highestEquivalentOf } from "../stats/histogram/layout.ts";

/** Reporting ticks per halving of the distance to 100 %, as in HdrHistogram's own tools. */
const ticksPerHalving = 5;

/** The last line of the text. `muster report` and `muster compare` take the unit from it. */
export const millisecondsLine = "#[muster: response times in milliseconds]";

/**
 * Writes a histogram as HdrHistogram's percentile text (`outputPercentileDistribution`), in ms, for its plotter. As in
 * every reader of HdrHistogram, a value is the highest of its slot, including the maximum.
 */
export function* hdrPercentiles(histogram: CumulativeHistogram): Generator<string> {
  const { count, maxMicros, meanMicros, stddevMicros } = histogram;
  yield "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
  for (const percentile of count === 0 ? [] : ticks()) {
    const micros = highestLike(histogram.percentileMicros(percentile));
    const total = histogram.countAtOrBelow(micros);
    yield line(micros, percentile / 100, total);
    if (total === count) break;
  }
  if (count > 0) yield `${column(highestLike(maxMicros))} 1.000000000000 ${String(count).padStart(10)}\n`;
  yield `#[Mean    = ${column(meanMicros)}, StdDeviation   = ${column(stddevMicros)}]\n`;
  yield `#[Max     = ${column(highestLike(maxMicros))}, Total count    = ${String(count).padStart(12)}]\n`;
  yield "#[Buckets =           22, SubBuckets     =         2048]\n";
  yield `${millisecondsLine}\n`;
}

function highestLike(micros: number): number {
  return highestEquivalentOf(countsIndexOf(micros));
}

function* ticks(): Generator<number> {
  for (let tick = 0; ; tick++) {
    const halving = Math.floor(tick / ticksPerHalving);
    if (halving === 50) return;
    const left = 100 / 2 ** halving;
    yield 100 - left + ((tick % ticksPerHalving) / ticksPerHalving) * (left / 2);
  }
}

function line(micros: number, quantile: number, total: number): string {
  const inverse = (1 / (1 - quantile)).toFixed(2);
  return `${column(micros)} ${quantile.toFixed(12)} ${String(total).padStart(10)} ${inverse.padStart(14)}\n`;
}

function column(micros: number): string {
  return (micros / 1_000).toFixed(3).padStart(12);
}
