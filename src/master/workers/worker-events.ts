import type { Logger } from "pino";
import type { RequestRowsMessage } from "../../protocol/request-rows.ts";
import type { RequestMessage, StopReason, WorkerLogLine } from "../../protocol/worker-messages.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import type { Signal } from "./signal.ts";

/** What the workers of a run report to it. The run implements this once, and each worker calls it directly. */
export interface WorkerEvents<Worker> {
  /**
   * A worker is about to be welcomed and told which reports to resend: those after the last committed one.
   * @param elapsedMs the time of a resumed run by the clock of one of its workers; null when the worker does not know it, or has not
   *   proven that it is one of the run
   */
  connecting(worker: Worker, elapsedMs: number | null): void;
  /** A worker is new, or has another socket and may have missed messages: tell it what to do. */
  connected(worker: Worker): void;
  /** The worker has loaded the test, and can be given a part of the load. */
  ready(worker: Worker): void;
  /** The worker has started its first user, and reported how late that was. */
  started(worker: Worker): void;
  /**
   * A report that was not merged before. It is acknowledged once it is committed.
   * @returns false when it cannot be known yet whether the report is possible; then it is not merged, and is to be sent again
   * @throws ProtocolError when it is invalid; then it is not merged
   */
  reported(worker: Worker, report: IntervalReport): boolean;
  /** A report was received again that had been merged before. */
  repeated(): void;
  lost(worker: Worker): void;
  /** The worker was lost and is back: its load still runs, or has stopped meanwhile. */
  returned(worker: Worker, isRunning: boolean): void;
  /** The worker starts no new iteration, and its load ends before that of the run. */
  leaving(worker: Worker): void;
  /** The worker's load ended before the run's, and all its reports have arrived. */
  left(worker: Worker, reason: StopReason): void;
  /** The test's code has blocked its event loop for `blockedMs`; 0 once it no longer does. */
  slow(worker: Worker, blockedMs: number): void;
  logged(worker: Worker, line: WorkerLogLine): void;
  /** The worker describes requests that have ended, and waits for `rowsTaken`. */
  rowsArrived(worker: Worker, message: RequestRowsMessage): void;
  /**
   * The worker requests something, no longer waits for it, or has taken the response.
   * @throws ProtocolError when it has too many open requests
   */
  requested(worker: Worker, message: RequestMessage): void;
}

/** What all workers of a run share. */
export interface WorkerSurroundings<Worker> {
  readonly events: WorkerEvents<Worker>;
  /** Notified of every change, for code that waits for one. */
  readonly signal: Signal;
  readonly log: Logger;
  /** Milliseconds on the master's clock. */
  readonly nowMs: () => number;
}
