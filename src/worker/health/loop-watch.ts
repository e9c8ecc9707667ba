import { type ELDHistogram, type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";

/** The time between two measurements of the delay, in ms. At a hundred a second, a benchmark shows no cost. */
const resolutionMs = 10;
const nanosecondsPerMs = 1e6;

export interface LoopHealth {
  readonly utilisation: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
}

/** Measures the delay of this thread's event loop. */
export class LoopWatch {
  readonly #delays: ELDHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  #before: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.#delays.enable();
  }

  /** Returns the values since the last call. */
  take(): LoopHealth {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#before);
    this.#before = now;
    const delays = this.#delays;
    const health = {
      utilisation: Math.min(1, Math.max(0, utilization)),
      loopDelayP99Ms: delays.count === 0 ? 0 : beyondResolution(delays.percentile(99)),
      loopDelayMaxMs: delays.count === 0 ? 0 : beyondResolution(delays.max),
    };
    delays.reset();
    return health;
  }

  close(): void {
    this.#delays.disable();
  }
}

/** Subtracts the timer interval: the histogram measures the time from one timer to the next. */
function beyondResolution(nanoseconds: number): number {
  return Math.max(0, nanoseconds / nanosecondsPerMs - resolutionMs);
}
