import type { TlsIdentity } from "../master/workers/worker-server.ts";
import type { AskedRun } from "./run-definition.ts";
import type { WebPlace } from "./run-options.ts";

export interface Execution extends AskedRun {
  readonly bindHost: string;
  readonly bindPort: number;
  readonly token: string;
  readonly tls?: TlsIdentity;
  /** Null without a web page: one run, at once. */
  readonly web: WebPlace | null;
  /** Called once the master listens: the workers that this process starts itself. */
  readonly startWorkers: (place: WorkerPlace) => LocalWorkers;
}

/** Where a worker of this machine finds the master. */
export interface WorkerPlace {
  readonly port: number;
  readonly token: string;
  /** To be called when the process of one has ended; `how` in words. */
  readonly onProcessEnded: (pid: number, how: string) => void;
  /** To be called when one cannot be started. */
  readonly onStartFailed: (error: Error) => void;
}

export interface LocalWorkers {
  /** Replaces those that have ended. */
  refill(): void;
  end(): Promise<void>;
}

export const noLocalWorkers: LocalWorkers = { refill: () => {}, end: async () => {} };
