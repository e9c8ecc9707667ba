import type { Hello } from "../protocol/worker-messages.ts";
import type { IntervalReport } from "../stats/interval-report.ts";

/**
 *   joined -> loading -> ready -> running -> stopped -> gone
 *                    \-> failed (the test does not load)
 * and from any of them to lost; from lost back to running or stopped when it returns.
 */
export type WorkerState = "joined" | "loading" | "ready" | "failed" | "running" | "stopped" | "lost" | "gone";

/** Who a worker is: the same when it comes back. */
export type WorkerIdentity = Pick<Hello, "id" | "host" | "pid">;

/** How far a worker's reports are there. */
export interface ReportedSoFar {
  readonly requests: number;
  /** Of counted loads, by the scenario's id: what it has completed. */
  readonly counted: IntervalReport["counted"];
  /** The last report that is taken, and the last that is committed. */
  readonly takenSequence: number;
  readonly committedSequence: number;
  /** The last report of all, once it has stopped. */
  readonly lastSequence: number | null;
}

/** What is kept of a worker beside who it is. */
export interface WorkerFacts extends ReportedSoFar {
  readonly state: WorkerState;
  /** It was told to begin. */
  readonly hasStarted: boolean;
  /** How late its first user could start, in ms; null when it never started. */
  readonly startSkewMs: number | null;
  readonly lostBecause: string | null;
}
