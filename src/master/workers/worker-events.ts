import type { Logger } from "pino";
import type { RequestRowsMessage } from "../../protocol/request-rows.ts";
import type { RequestMessage, StopReason, WorkerLogLine } from "../../protocol/worker-messages.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import type { Signal } from "./signal.ts";

/** The events of the workers of a run. The run implements this interface, and each worker calls it directly. */
export interface WorkerEvents<Worker> {
  /**
   * A worker is about to receive its welcome. It then resends its reports after the last committed one.
   * @param elapsedMs the time of a resumed run by the clock of the worker; null when the worker does not know it, or
   * has not proven that it belongs to the run
   */
  connecting(worker: Worker, elapsedMs: number | null): void;
  /** A worker is new, or has reconnected and may have missed messages: send it its orders. */
  connected(worker: Worker): void;
  /** The worker has loaded the test and can take a part of the load. */
  ready(worker: Worker): void;
  /** The worker's first user could start, and the worker has reported how late that was. */
  started(worker: Worker): void;
  /**
   * A report has arrived that was not merged before. It is acknowledged once it is committed.
   * @returns false when it is not known yet whether the report is possible; then it is not merged, and must be sent
   * again
   * @throws ProtocolError when the report is invalid; then it is not merged
   */
  reported(worker: Worker, report: IntervalReport): boolean;
  /** A report has arrived again that was already merged. */
  repeated(): void;
  lost(worker: Worker): void;
  /** The lost worker is back. `isRunning`: whether its load still runs; if not, it has stopped meanwhile. */
  returned(worker: Worker, isRunning: boolean): void;
  /** The worker starts no new iterations, and its load ends before that of the run. */
  leaving(worker: Worker): void;
  /** The worker's load ended before the run's, and all its reports have arrived. */
  left(worker: Worker, reason: StopReason): void;
  /** The test's code has blocked the worker's event loop for `blockedMs`; 0 once the loop is free again. */
  slow(worker: Worker, blockedMs: number): void;
  logged(worker: Worker, line: WorkerLogLine): void;
  /** The worker has sent rows of requests that have ended, and waits for `rowsTaken`. */
  rowsArrived(worker: Worker, message: RequestRowsMessage): void;
  /**
   * The worker sends a request, cancels one, or confirms a response.
   * @throws ProtocolError when the worker has too many open requests
   */
  requested(worker: Worker, message: RequestMessage): void;
}

/** The objects that all workers of a run share. */
export interface WorkerSurroundings<Worker> {
  readonly events: WorkerEvents<Worker>;
  /** The signal that is notified of every change, for code that waits for a change. */
  readonly signal: Signal;
  readonly log: Logger;
  /** Milliseconds on the master's clock. */
  readonly nowMs: () => number;
}
