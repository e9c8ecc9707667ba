import type { Logger } from "pino";
import type { Bundle } from "../scenario/bundle.ts";
import type { ResolvedRun } from "../scenario/resolve.ts";

export interface MasterOptions {
  readonly runId: string;
  readonly testName: string;
  readonly resolved: ResolvedRun;
  readonly bundle: Bundle;
  readonly environment: Record<string, string | null>;
  readonly hasSetup: boolean;
  readonly hasTeardown: boolean;
  readonly seed: number;
  readonly expectWorkers: number;
  readonly expectWorkersMaxWaitMs: number;
  readonly stopTimeoutMs: number;
  readonly bindHost: string;
  readonly bindPort: number;
  readonly token: string;
  readonly log: Logger;
}

export type MasterPhase = "waiting" | "preparing" | "setup" | "running" | "stopping" | "teardown" | "finished";
