import type { MasterMessage } from "../../protocol/master-messages.ts";
import type { Hello, LifecycleDone, StopReason, Thrown } from "../../protocol/worker-messages.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";

/**
 *   joined -> loading -> ready -> running -> stopped -> gone
 *                    \-> failed (the test does not load)
 * Each of them can become lost. A lost worker that is heard from again is running, stopped, ready or joined.
 */
export type WorkerStatus = "joined" | "loading" | "ready" | "failed" | "running" | "stopped" | "lost" | "gone";

/** Who a worker is: the same when it comes back. */
export type WorkerIdentity = Pick<Hello, "id" | "host" | "pid">;

/** The message that has a worker run setup or teardown. */
export type LifecycleCall = Extract<MasterMessage, { type: "run-setup" | "run-teardown" }>;

/** The part of a worker's state that is stored with the run. */
export interface WorkerFacts {
  readonly status: WorkerStatus;
  /** It was told to start its load. */
  readonly hasStarted: boolean;
  /** How late its first user could start, in ms; null until it says so. */
  readonly startSkewMs: number | null;
  /** Null unless it is lost. */
  readonly lostBecause: string | null;
  /** Requests in its reports. */
  readonly requests: number;
  /** Iterations of counted loads that it has completed, by the scenario's id. */
  readonly counted: IntervalReport["counted"];
  /** How far it is with each scenario, by its last report. */
  readonly load: IntervalReport["load"];
  /** The number of the last report that was taken. Nothing else in a run keeps it. */
  readonly takenSequence: number;
  /** The number of the last report that is committed. */
  readonly committedSequence: number;
  /** The number of the last report that it will ever send; null until it has stopped. */
  readonly lastSequence: number | null;
}

/** What is stored of a worker besides who it is. */
export interface StoredFacts extends WorkerFacts {
  /** The SHA-256 of what proves that a socket is this worker's, in hex; null until the worker has confirmed its welcome. */
  readonly secretHash: string | null;
}

export interface WorkerState extends WorkerFacts {
  /** It belongs to a resumed run, and was not heard from since. */
  readonly isAwaited: boolean;
  /** Virtual users that ran at its last heartbeat. */
  readonly users: number;
  /** How long the test's code has blocked its event loop; 0 for a healthy worker. */
  readonly blockedMs: number;
  /** How far its wall clock is ahead of the master's, to a few ms: the time on the way is included. */
  readonly clockOffsetMs: number | null;
  /** Why it could not load the test. */
  readonly loadError: Thrown | null;
  /** One side could not read a message of the other. It would be refused again, so the worker is not admitted again. */
  readonly isRefused: boolean;
  /** It was told to leave a load that continues. */
  readonly isLeaving: boolean;
  /** Why its load ended before the run's; null again once the run was told. */
  readonly leftBecause: StopReason | null;
  /** The call of setup or teardown that it has not answered. */
  readonly call: LifecycleCall | null;
  /** Its answer to the last call; null while there is none. */
  readonly answer: LifecycleDone | null;
}

/** The state of a worker that is new, or of one of a resumed run, whose facts were stored. */
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

/** The part of the state that is stored. */
export function workerFacts(state: WorkerFacts): WorkerFacts {
  const { status, hasStarted, startSkewMs, lostBecause, requests, counted, load } = state;
  const { takenSequence, committedSequence, lastSequence } = state;
  return {
    ...{ status, hasStarted, startSkewMs, lostBecause, requests, counted, load },
    ...{ takenSequence, committedSequence, lastSequence },
  };
}

/** It belongs to the run, though it may have no socket for a while. */
export function isAlive({ status }: WorkerState): boolean {
  return status !== "lost" && status !== "gone" && status !== "failed";
}

/** Its load has ended and all its reports were taken. */
export function isDone({ lastSequence, takenSequence }: WorkerState): boolean {
  return lastSequence !== null && takenSequence >= lastSequence;
}
