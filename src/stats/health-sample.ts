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

/** How one worker did in one window. Merged windows have means, but for the worst delay and the latest heap. */
export interface HealthSample extends Omit<HealthReport, "fileDescriptorLimit" | "p50Ms"> {
  /** Start and width, on the master's timeline. */
  readonly atMs: number;
  readonly widthMs: number;
  readonly requests: number;
}
