import * as hdr from "hdr-histogram-js";
import { IntervalHistogram } from "../src/stats/interval-histogram.ts";
import { lognormalSamples } from "../tests/stats/lognormal-samples.ts";

/** One measured figure. `ratio` is how many times faster than hdr-histogram-js doing the same in the same run. */
export interface BenchFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number;
}

/** Median over 21 rounds, after warm-up, of the nanoseconds that one of `callsPerRound` calls takes. */
export function nanosPerCall(callsPerRound: number, round: () => void): number {
  for (let i = 0; i < 5; i++) round();
  const nanos = Array.from({ length: 21 }, () => {
    const start = process.hrtime.bigint();
    round();
    return Number(process.hrtime.bigint() - start) / callsPerRound;
  });
  return nanos.sort((a, b) => a - b)[10] as number;
}

/** Nanoseconds to record one response time. */
export function run(): BenchFigure[] {
  const samples = lognormalSamples(1_000_000, 1);
  const ours = new IntervalHistogram();
  const reference = hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
  const value = nanosPerCall(samples.length, () => {
    for (const sample of samples) ours.record(sample);
  });
  const referenceNanos = nanosPerCall(samples.length, () => {
    for (const sample of samples) reference.recordValue(sample);
  });
  return [{ name: "record one sample", value, unit: "ns", ratio: referenceNanos / value }];
}

if (import.meta.main) console.table(run());
