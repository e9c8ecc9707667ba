import type { HealthSample } from "../../stats/health-sample.ts";
import type { UnsentRequests } from "./unsent-requests.ts";

export interface WorkerHealth {
  /** The name in reasons: "worker 2". */
  readonly name: string;
  /** The samples in order of time. */
  readonly samples: readonly HealthSample[];
  readonly requests: number;
  /** The median response time that this worker measured; null without requests. */
  readonly p50Ms: number | null;
  /** The limit of open files; null if there is none or it is not known. */
  readonly fileDescriptorLimit: number | null;
  /** The running time of its users by class, in any unit: the mix of requests that it measured; null if it is not known. */
  readonly userTime: ReadonlyMap<string, number> | null;
}

/**
 * The offered load of an open load: offered = started + dropped because no user was free + not started by the generator.
 */
export interface OfferedLoad {
  readonly offered: number;
  readonly started: number;
  /** Iterations dropped because all users were busy, or too few: not a fault of the generator. */
  readonly droppedUserless: number;
}

export interface GeneratorRun {
  readonly workers: readonly WorkerHealth[];
  /** The p95 of the response times of the run, to which a lag is compared; null without requests. */
  readonly p95Ms: number | null;
  /** The end of the ramp-up; only what happened from here to `steadyToMs` counts. */
  readonly steadyFromMs: number;
  readonly steadyToMs: number;
  /** The offered load; null for a closed load, which has none, and if it is not known. */
  readonly offeredLoad: OfferedLoad | null;
  readonly unsent: UnsentRequests;
}
