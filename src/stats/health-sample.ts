/** How one worker did in the time of one report. */
export interface HealthReport {
  /** Share of the time in which the event loop was not idle, 0..1. */
  readonly utilisation: number;
  /** How much later than asked timers fired, beyond the resolution of the measurement. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** How much later than due iterations began though a user was free; null when none was due, as in a closed load. */
  readonly scheduleLagP99Ms: number | null;
  readonly gcMs: number;
  /** What was in use after the latest full collection; before the first one, what is in use. */
  readonly heapAfterGcBytes: number;
  readonly rssBytes: number;
  /** CPU time of the process per time, 1 being a whole core. */
  readonly cpu: number;
  /** To the service under test. */
  readonly sockets: number;
  /** 0 where the system does not tell. */
  readonly fileDescriptors: number;
  /** Null where the system has none, or it is not known. */
  readonly fileDescriptorLimit: number | null;
  /** Median of all response times of this worker so far; null without requests. */
  readonly p50Ms: number | null;
}

/** What each report says anew of all the time so far. */
export type OverallHealth = Pick<HealthReport, "fileDescriptorLimit" | "p50Ms">;

/** What is known of a worker's health beside its samples. */
export interface WorkerHealthFacts extends OverallHealth {
  /** For how many ms its virtual users of each class ran, all of a class together. */
  readonly userTimeMs: readonly (readonly [className: string, ms: number])[];
}

/** How one worker did in one window. Merged windows have means, but for the worst delay and the latest heap. */
export interface HealthSample extends Omit<HealthReport, keyof OverallHealth> {
  /** Start and width, on the master's timeline. */
  readonly atMs: number;
  readonly widthMs: number;
  readonly requests: number;
}

/** How the workers did in one window. */
export interface HealthWindow {
  readonly startMs: number;
  readonly widthMs: number;
  /** The samples that lie in the window, by the worker's number; those of one worker in the order of time. */
  readonly samples: ReadonlyMap<number, readonly HealthSample[]>;
}

/** Both as one: a sample of the time from the first to the end of the second. */
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
