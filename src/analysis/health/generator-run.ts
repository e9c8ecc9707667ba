import type { LossPolicy } from "../../core/run.ts";
import type { HealthSample } from "../../stats/health-sample.ts";
import type { ScenarioLoad } from "../load/scenario-load.ts";
import type { UnsentRequests } from "./unsent-requests.ts";

export interface WorkerHealth {
  /** The name of the worker in reasons: "worker 2". */
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

/** Requests that were due or open while their worker was stalled. Their times are left out. */
export interface StalledRequests {
  readonly count: number;
  readonly requests: number;
  /** The longest stall, and the time at which its second began; null if it is not known. */
  readonly longest: { readonly worker: string; readonly stalledMs: number; readonly atMs: number } | null;
}

export interface GeneratorRun {
  readonly workers: readonly WorkerHealth[];
  /** The p95 of the response times of the run, to which a lag is compared; null without requests. */
  readonly p95Ms: number | null;
  /** The end of the ramp-up; only what happened from here to `steadyToMs` counts. */
  readonly steadyFromMs: number;
  readonly steadyToMs: number;
  /** The planned and the generated load of each scenario; empty if it is not known. */
  readonly load: readonly ScenarioLoad[];
  /** What happened to workers that were lost or left, as sentences: "worker 2 was lost after 12.3 s (…)". */
  readonly losses: readonly string[];
  /** The workers that generated none of their load, as sentences. */
  readonly idle: readonly string[];
  readonly onWorkerLoss: LossPolicy;
  readonly unsent: UnsentRequests;
  /** The requests whose times a stall of a worker touched, and all requests; left out if there is none. */
  readonly stalled?: StalledRequests | null;
}
