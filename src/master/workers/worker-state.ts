import type { MasterMessage } from "../../protocol/master-messages.ts";
import type { Hello, LifecycleDone, StopReason, Thrown } from "../../protocol/worker-messages.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";

/**
 *   joined -> loading -> ready -> running -> stopped -> gone
 *                    \-> failed (the test does not load)
 * A worker in any of these states can become lost. A lost worker that is heard from again becomes running, stopped,
 * ready or joined.
 */
export type WorkerStatus = "joined" | "loading" | "ready" | "failed" | "running" | "stopped" | "lost" | "gone";

/** The identity of a worker. It stays the same across reconnects. */
export type WorkerIdentity = Pick<Hello, "id" | "host" | "pid">;

/** The message that makes a worker run setup or teardown. */
export type LifecycleCall = Extract<MasterMessage, { type: "run-setup" | "run-teardown" }>;

/** The part of a worker's state that is stored with the run. */
export interface WorkerFacts {
  readonly status: WorkerStatus;
  /** Whether the worker was told to start its load. */
  readonly hasStarted: boolean;
  /** How late its first user could start, in ms; null until it has reported that. */
  readonly startSkewMs: number | null;
  /** Why the worker is lost; null unless it is. */
  readonly lostBecause: string | null;
  /** The number of requests in its reports. */
  readonly requests: number;
  /** The iterations of counted loads that it has completed, by the scenario's id. */
  readonly counted: IntervalReport["counted"];
  /** Its progress in each scenario, by its last report. */
  readonly load: IntervalReport["load"];
  /** The number of the last report that was merged. It is kept only here. */
  readonly takenSequence: number;
  /** The number of the last report that is committed. */
  readonly committedSequence: number;
  /** The number of the last report that it will ever send; null until it has stopped. */
  readonly lastSequence: number | null;
}

/** The stored facts of a worker, besides its identity. */
export interface StoredFacts extends WorkerFacts {
  /** The SHA-256 hash of the worker's secret, in hex; null until the worker has confirmed its welcome. */
  readonly secretHash: string | null;
}

export interface WorkerState extends WorkerFacts {
  /** Whether it belongs to a resumed run and has not reconnected since. */
  readonly isAwaited: boolean;
  /** The number of virtual users that were running at its last heartbeat. */
  readonly users: number;
  /** How long the test's code has blocked its event loop; 0 for a healthy worker. */
  readonly blockedMs: number;
  /**
   * How far its wall clock is ahead of the master's, in ms. It is off by a few ms, because the time of transmission is
   * included.
   */
  readonly clockOffsetMs: number | null;
  /** Why it could not load the test; null if it did not fail. */
  readonly loadError: Thrown | null;
  /**
   * Whether one side could not read a message of the other. The message would be refused again, so the worker is not
   * admitted again.
   */
  readonly isRefused: boolean;
  /** Whether it leaves a load that continues. */
  readonly isLeaving: boolean;
  /** Why its load ended before the run's; null again once the run was notified. */
  readonly leftBecause: StopReason | null;
  /** The call of setup or teardown that it has not answered; null if there is none. */
  readonly call: LifecycleCall | null;
  /** Its answer to the last call; null while there is none. */
  readonly answer: LifecycleDone | null;
}

/** Returns the initial state of a worker: of a new one, or of one of a resumed run with its stored facts. */
export function workerState(facts: WorkerFacts | null): WorkerState {
  return {
    status: "joined",
    hasStarted: false,
    startSkewMs: null,
    lostBecause: null,
    requests: 0,
    counted: [],
    load: [],
    takenSequence: 0,
    committedSequence: 0,
    lastSequence: null,
    ...(facts === null ? {} : workerFacts(facts)),
    isAwaited: facts !== null,
    users: 0,
    blockedMs: 0,
    clockOffsetMs: null,
    loadError: null,
    isRefused: false,
    isLeaving: false,
    leftBecause: null,
    call: null,
    answer: null,
  };
}

/** Returns the part of the state that is stored. */
export function workerFacts(state: WorkerFacts): WorkerFacts {
  const { status, hasStarted, startSkewMs, lostBecause, requests, counted, load } = state;
  const { takenSequence, committedSequence, lastSequence } = state;
  return {
    ...{ status, hasStarted, startSkewMs, lostBecause, requests, counted, load },
    ...{ takenSequence, committedSequence, lastSequence },
  };
}

/** Whether the worker belongs to the run, even if it has no socket at the moment. */
export function isAlive({ status }: WorkerState): boolean {
  return status !== "lost" && status !== "gone" && status !== "failed";
}

/** Whether the worker's load has ended and all its reports were merged. */
export function isDone({ lastSequence, takenSequence }: WorkerState): boolean {
  return lastSequence !== null && takenSequence >= lastSequence;
}
