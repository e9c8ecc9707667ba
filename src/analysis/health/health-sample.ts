/** How one worker did in one second. */
export interface HealthSample {
  /** Start of the second, on the master's timeline. */
  readonly atMs: number;
  /** Share of the time in which the event loop was not idle, 0..1. */
  readonly utilisation: number;
  /** How much later than asked timers fired, beyond the resolution of the measurement. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** How much later than due iterations began though a user was free; null when none was due, as in a closed load. */
  readonly scheduleLagP99Ms: number | null;
  readonly gcMs: number;
  readonly heapAfterGcBytes: number;
  readonly rssBytes: number;
  /** CPU time of the process per time, 1 being a whole core. */
  readonly cpu: number;
  readonly sockets: number;
  readonly fileDescriptors: number;
}

export interface WorkerHealth {
  /** As reasons call it: "worker 2". */
  readonly name: string;
  /** By time, a second each. */
  readonly samples: readonly HealthSample[];
  readonly requests: number;
  /** Median response time that this worker measured; null without requests. */
  readonly p50Ms: number | null;
  /** Null where the system has none, or it is not known. */
  readonly fileDescriptorLimit: number | null;
}

/** Of an open load: offered = started + dropped as no user was free + what we failed to start. */
export interface OfferedLoad {
  readonly offered: number;
  readonly started: number;
  /** The service held all users busy, or there were too few of them: not our fault as a generator. */
  readonly droppedUserless: number;
}

export interface GeneratorRun {
  readonly workers: readonly WorkerHealth[];
  /** Of the response times of the run, by which a lag is large or small; null without requests. */
  readonly p95Ms: number | null;
  /** The load had risen from here on; only what happened up to `steadyToMs` counts. */
  readonly steadyFromMs: number;
  readonly steadyToMs: number;
  /** Null for a closed load, which offers nothing that could be missed. */
  readonly offeredLoad: OfferedLoad | null;
}
