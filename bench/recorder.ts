import * as hdr from "hdr-histogram-js";
import { EndpointRecorder } from "../src/stats/endpoint-recorder.ts";
import { IntervalHistogram } from "../src/stats/histogram/interval-histogram.ts";
import { TaskCounters } from "../src/stats/task-counters.ts";
import { RequestTimes } from "../src/worker/http/request-times.ts";
import { lognormalSamples } from "../tests/stats/lognormal-samples.ts";

/** One measured figure. `ratio` is how many times faster than hdr-histogram-js doing the same in the same run. */
export interface BenchFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
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

/** All that is counted of a request of a closed load: its time, its bytes, and the phases that one on a kept connection has. */
function requestNanos(samples: readonly number[]): number {
  const endpoint = new EndpointRecorder("GET", "/jobs", false);
  const times = new RequestTimes();
  times.sentMs = 1;
  return nanosPerCall(samples.length, () => {
    for (const sample of samples) {
      times.firstByteMs = times.endedMs = 1 + sample / 1_000;
      endpoint.record(times.serviceMs * 1_000, times.responseMs * 1_000, 300, 90);
      times.recordPhases(endpoint.phases);
    }
  });
}

/** What an iteration adds to the count of its task. */
function executionNanos(count: number): number {
  const names = Array.from({ length: 8 }, (_, task) => ({ name: `task ${task}` }));
  const tasks = new TaskCounters().of("default", "User", names);
  return nanosPerCall(count, () => {
    for (let iteration = 0; iteration < count; iteration++) tasks.count(iteration & 7);
  });
}

/** Nanoseconds to record one response time, one request, and one execution of a task. */
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
  return [
    { name: "record one sample", value, unit: "ns", ratio: referenceNanos / value },
    { name: "record one request with its phases", value: requestNanos(samples), unit: "ns" },
    { name: "count one execution of a task", value: executionNanos(samples.length), unit: "ns" },
  ];
}

if (import.meta.main) console.table(run());
