import type { Logger } from "pino";
import type { LossPolicy, StrainPolicy } from "../core/run.ts";
import type { EngineName } from "../protocol/master-messages.ts";
import type { RequestRow, WantedRequests } from "../protocol/request-rows.ts";
import type { WorkerLogLine } from "../protocol/worker-messages.ts";
import type { Bundle } from "../scenario/bundle/bundle.ts";
import type { SecretFiles } from "../scenario/connections/secret-files.ts";
import type { LocatedFile } from "../scenario/files/test-files.ts";
import type { ResolvedRun } from "../scenario/resolve/resolve.ts";
import type { RestoredRun } from "./record/restored-run.ts";
import type { RunStorage } from "./record/run-storage.ts";
import type { RunDataSource } from "./shared/data-requests.ts";
import type { WorkerListener } from "./workers/worker-server.ts";

/** Receives the requests that workers report one by one, such as for a log of requests. */
export interface RequestRowSink extends Omit<WantedRequests, "perSecond"> {
  /** Resolves when the rows are written or dropped; the worker then sends the next rows. Must not reject. */
  take(worker: number, rows: readonly RequestRow[], leftOut: number): Promise<void>;
}

export interface MasterOptions {
  readonly runId: string;
  readonly testName: string;
  readonly resolved: ResolvedRun;
  readonly bundle: Bundle;
  /** The files that the test sends. Workers request them from the master. */
  readonly files: readonly LocatedFile[];
  /** The data sources of the test, in the order of their names. */
  readonly data: readonly RunDataSource[];
  readonly environment: Record<string, string | null>;
  readonly secretFiles: SecretFiles;
  readonly hasSetup: boolean;
  readonly hasTeardown: boolean;
  readonly seed: number;
  readonly engine: EngineName;
  readonly expectWorkers: number;
  readonly expectWorkersMaxWaitMs: number;
  readonly stopTimeoutMs: number;
  readonly workerTimeoutMs: number;
  readonly orphanTimeoutMs: number;
  readonly stallLimitMs: number;
  readonly onWorkerLoss: LossPolicy;
  readonly minWorkers: number;
  readonly onWorkerStrain: StrainPolicy;
  readonly listener: WorkerListener;
  /** Whether workers reconnect for another run when this one ends. */
  readonly acceptsMoreRuns: boolean;
  readonly log: Logger;
  /** The receiver of requests that are reported one by one; null if there is none. */
  readonly requestRows?: RequestRowSink | null;
  /** Called with each log line of a worker, and the worker's number. */
  readonly onWorkerLog?: (worker: number, line: WorkerLogLine) => void;
  /** The storage of the run; null to keep it in memory only. */
  readonly storage: RunStorage | null;
  /** The run that a restarted master resumes; null for a new run. */
  readonly restored: RestoredRun | null;
}
