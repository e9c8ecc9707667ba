import type { Level, Logger } from "pino";
import type { IdentitySource } from "../master/workers/worker-tls.ts";
import type { TestPermissions } from "../scenario/definition/define.ts";
import type { RunOutput } from "./outputs/run-output.ts";
import type { Stopper } from "./process/stopper.ts";
import type { WorkerOutput } from "./process/worker-output.ts";
import type { RunRequest } from "./run-request.ts";
import type { RunStores } from "./run-stores.ts";

/** A run that was requested from this process, with the address on which workers join it. */
export interface Execution extends RunRequest {
  readonly bindHost: string;
  /** The port on which workers join; 0 takes a free port. */
  readonly bindPort: number;
  /** The secret that workers must know; "" for none. */
  readonly token: string;
  readonly tls?: IdentitySource;
  /** Starts the workers of this machine. Called when the master listens. */
  readonly startWorkers: (master: MasterAddress) => LocalWorkers;
}

/** The parts of the process that each of its runs uses. */
export interface RunnerContext {
  readonly stores: RunStores;
  readonly stopper: Stopper;
  readonly log: Logger;
  readonly workerOutput: WorkerOutput;
  /** Calls `listener` with each line that this process logs from now on. */
  readonly listenToLog: (listener: LogListener) => void;
  /** Creates the outputs of one run. */
  readonly createOutputs: () => readonly RunOutput[];
}

/** Called with each line that is logged. `time` is ISO 8601; `text` is the message with its fields. */
export type LogListener = (line: { readonly time: string; readonly level: Level; readonly text: string }) => void;

/** The address of the master for workers of this machine, and the callbacks about their processes. */
export interface MasterAddress {
  readonly port: number;
  readonly token: string;
  /** What the code of the test may do in the workers. */
  readonly permissions: TestPermissions;
  readonly output: WorkerOutput;
  /** Called when the process of a worker has ended; `how` is a sentence such as "its process was killed (SIGKILL)". */
  readonly onProcessEnded: (pid: number, how: string) => void;
  /** Called when a process cannot be started. */
  readonly onStartFailed: (error: Error) => void;
}

/** The worker processes that a master has started itself. */
export interface LocalWorkers {
  /** Starts a new process for each one that has ended. */
  refill(): void;
  end(): Promise<void>;
}

export const noLocalWorkers: LocalWorkers = { refill: () => {}, end: async () => {} };
