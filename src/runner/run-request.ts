import type { RunOptions } from "./run-options.ts";

/** A run that a user requests, by the command line or on the web page. */
export interface RunRequest {
  /** The test file and the names of user classes, as on the command line. */
  readonly args: readonly string[];
  readonly options: RunOptions;
  readonly expectWorkers: number;
  readonly expectWorkersMaxWaitMs: number;
  /** The id of the run to resume; "auto" for an unfinished run of the same test and options, if there is one; null for a new run. */
  readonly resume: string | null;
  /** Whether a store is needed while the process lasts, even with `--no-store`; default false. */
  readonly needsStore?: boolean;
  /**
   * Called with the address of the service before the run begins.
   * @throws ConfigurationError when the workers of this process could not reach the service
   */
  readonly requireReachable?: (host: string) => void;
}
