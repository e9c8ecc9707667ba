/**
 * The default of `--stall-limit`, in ms. A worker whose event loop did not turn for this time stood still: the times that it
 * measured are its own delay.
 */
export const defaultStallMs = 100;

/** The health of one worker during one report interval. */
export interface HealthReport {
  /** Share of the time in which the event loop was not idle, 0..1. */
  readonly utilisation: number;
  /** The delay of timers, beyond the resolution of the measurement. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** The delay of iterations that started late although a user was free; null if no iteration was due, as in a closed load. */
  readonly scheduleLagP99Ms: number | null;
  readonly gcMs: number;
  /** The heap in use after the latest full garbage collection; before the first one, the heap in use now. */
  readonly heapAfterGcBytes: number;
  readonly rssBytes: number;
  /** The CPU time of the process per second; 1 is a whole core. */
  readonly cpu: number;
  /** Open sockets to the service under test. */
  readonly sockets: number;
  /** Open file descriptors; 0 if the system does not report them. */
  readonly fileDescriptors: number;
  /** The limit of open files; null if there is none or it is not known. */
  readonly fileDescriptorLimit: number | null;
  /** The median of all response times of this worker so far; null without requests. */
  readonly p50Ms: number | null;
}

/** The fields that cover the whole run so far and are sent with each report. */
export type OverallHealth = Pick<HealthReport, "fileDescriptorLimit" | "p50Ms">;

/** The health data of a worker besides its samples. */
export interface WorkerHealthFacts extends OverallHealth {
  /** The running time of its virtual users by class in ms, summed over the users of a class. */
  readonly userTimeMs: readonly (readonly [className: string, ms: number])[];
}

/** The health of one worker in one window. Merged windows have means, except for the worst delay and the latest heap. */
export interface HealthSample extends Omit<HealthReport, keyof OverallHealth> {
  /** The start on the master's timeline. */
  readonly atMs: number;
  readonly widthMs: number;
  readonly requests: number;
}

/** The health of all workers in one window. */
export interface HealthWindow {
  readonly startMs: number;
  readonly widthMs: number;
  /** The samples in the window by worker number; the samples of one worker are in order of time. */
  readonly samples: ReadonlyMap<number, readonly HealthSample[]>;
}

/** Merges two samples into one from the start of the first to the end of the second. */
export function mergeSamples(first: HealthSample, second: HealthSample): HealthSample {
  const total = first.widthMs + second.widthMs;
  const mean = (a: number, b: number) => (a * first.widthMs + b * second.widthMs) / total;
  const lags = [first.scheduleLagP99Ms, second.scheduleLagP99Ms] as const;
  return {
    atMs: first.atMs,
    widthMs: second.atMs + second.widthMs - first.atMs,
    requests: first.requests + second.requests,
    utilisation: mean(first.utilisation, second.utilisation),
    loopDelayP99Ms: mean(first.loopDelayP99Ms, second.loopDelayP99Ms),
    loopDelayMaxMs: Math.max(first.loopDelayMaxMs, second.loopDelayMaxMs),
    scheduleLagP99Ms: lags[0] === null || lags[1] === null ? (lags[0] ?? lags[1]) : mean(lags[0], lags[1]),
    gcMs: first.gcMs + second.gcMs,
    heapAfterGcBytes: second.heapAfterGcBytes,
    rssBytes: mean(first.rssBytes, second.rssBytes),
    cpu: mean(first.cpu, second.cpu),
    sockets: mean(first.sockets, second.sockets),
    fileDescriptors: Math.max(first.fileDescriptors, second.fileDescriptors),
  };
}

/**
 * The samples of one worker, ascending, in bounded memory: if there are too many, the samples of one block of time are
 * merged, in blocks twice as wide each time.
 */
export class HealthSeries {
  #samples: HealthSample[] = [];
  #blockMs = 1_000;

  get samples(): readonly HealthSample[] {
    return this.#samples;
  }

  get latest(): HealthSample | null {
    return this.#samples.at(-1) ?? null;
  }

  /** @param sample a sample that is later than all earlier ones */
  add(sample: HealthSample, mostSamples: number): void {
    this.#samples.push(sample);
    while (this.#samples.length > mostSamples) this.#widen();
  }

  #widen(): void {
    this.#blockMs *= 2;
    const merged: HealthSample[] = [];
    for (const sample of this.#samples) {
      const before = merged.at(-1);
      const block = Math.floor(sample.atMs / this.#blockMs);
      if (before !== undefined && Math.floor(before.atMs / this.#blockMs) === block) {
        merged[merged.length - 1] = mergeSamples(before, sample);
      } else merged.push(sample);
    }
    this.#samples = merged;
  }
}
