import type { HealthSample } from "../../stats/health-sample.ts";
import type { UnsentRequests } from "./unsent-requests.ts";

export interface WorkerHealth {
  /** As reasons call it: "worker 2". */
  readonly name: string;
  /** By time. */
  readonly samples: readonly HealthSample[];
  readonly requests: number;
  /** Median response time that this worker measured; null without requests. */
  readonly p50Ms: number | null;
  /** Null where the system has none, or it is not known. */
  readonly fileDescriptorLimit: number | null;
  /** For how long its users of each class ran, which says what mix of requests it measured. Any unit; null when it is not known. */
  readonly userTime: ReadonlyMap<string, number> | null;
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
  /** Null for a closed load, which offers nothing that could be missed, and where it is not known. */
  readonly offeredLoad: OfferedLoad | null;
  readonly unsent: UnsentRequests;
}
