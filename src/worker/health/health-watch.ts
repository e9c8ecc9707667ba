import { CumulativeHistogram } from "../../stats/cumulative-histogram.ts";
import type { HealthReport } from "../../stats/health-sample.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import { GarbageWatch } from "./garbage-watch.ts";
import { LoopWatch } from "./loop-watch.ts";
import { ProcessWatch } from "./process-watch.ts";

/** Watches how this worker does while it has a load to carry out. */
export class HealthWatch {
  readonly #loop = new LoopWatch();
  readonly #garbage = new GarbageWatch();
  readonly #process = new ProcessWatch();
  readonly #responseTimes = new CumulativeHistogram();
  readonly #socketCount: () => number;

  constructor(socketCount: () => number) {
    this.#socketCount = socketCount;
  }

  /** Since the last call; `recorder` holds what was recorded since then. */
  take(recorder: IntervalRecorder): HealthReport {
    const times = this.#responseTimes;
    for (const { responseTime, serviceTime } of recorder.endpoints) times.add(responseTime ?? serviceTime);
    return {
      ...this.#loop.take(),
      ...this.#garbage.take(),
      ...this.#process.take(),
      sockets: this.#socketCount(),
      scheduleLagP99Ms: scheduleLagP99Ms(recorder),
      p50Ms: times.count === 0 ? null : times.percentileMicros(50) / 1_000,
    };
  }

  close(): void {
    this.#loop.close();
    this.#garbage.close();
  }
}

function scheduleLagP99Ms({ scheduleLag }: IntervalRecorder): number | null {
  if (scheduleLag.count === 0) return null;
  const lags = new CumulativeHistogram();
  lags.add(scheduleLag);
  return lags.percentileMicros(99) / 1_000;
}
