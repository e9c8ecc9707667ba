import { countsInTotals } from "../../core/measure-kind.ts";
import type { HealthReport } from "../../stats/health-sample.ts";
import { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import { GarbageWatch } from "./garbage-watch.ts";
import { LastKnown } from "./last-known.ts";
import { type LoopHealth, LoopWatch } from "./loop-watch.ts";
import { ProcessWatch } from "./process-watch.ts";
import type { StallWatch } from "./stall-watch.ts";

/** The minimum time of a reading, in ms. The last report of a run may cover less; in a few ms, any activity looks like full load. */
const shortestMs = 250;
const unknownLoop: LoopHealth = { utilisation: 0, loopDelayP99Ms: 0, loopDelayMaxMs: 0 };

/** Measures the health of this worker under load. A reading that fails is replaced by the latest one that succeeded. */
export class HealthWatch {
  readonly #loop = new LoopWatch();
  readonly #loopHealth = new LastKnown(() => this.#loop.take(), unknownLoop);
  readonly #garbage = new GarbageWatch();
  readonly #process = new ProcessWatch();
  readonly #responseTimes = new CumulativeHistogram();
  readonly #socketCount: () => number;
  readonly #stalls: StallWatch;
  #takenMs = performance.now();

  constructor(socketCount: () => number, stalls: StallWatch) {
    this.#socketCount = socketCount;
    this.#stalls = stalls;
  }

  /**
   * Returns the health since the last call; null if that was too short a time ago. `recorder` holds the measurements since
   * then.
   */
  take(recorder: IntervalRecorder): HealthReport | null {
    const nowMs = performance.now();
    if (nowMs - this.#takenMs < shortestMs) return null;
    this.#takenMs = nowMs;
    const times = this.#responseTimes;
    for (const { responseTime, serviceTime } of recorder.endpoints.filter(countsInTotals))
      times.add(responseTime ?? serviceTime);
    const loop = this.#loopHealth.take();
    return {
      ...loop,
      // The histogram of delays misses a delay that is just ending: its reset discards when the loop last turned.
      loopDelayMaxMs: Math.max(loop.loopDelayMaxMs, this.#stalls.takeLongestMs(nowMs)),
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
