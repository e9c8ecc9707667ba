import type { WorkerHandle, WorkerState } from "../../master/worker-handle.ts";
import type { HealthSample } from "../../stats/health-sample.ts";
import type { CurrentRun, RunSession } from "../run-session.ts";

/** A worker as it stands. */
export interface LiveWorker {
  /** In its run; null while it waits for one. */
  readonly number: number | null;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly state: WorkerState | "waiting" | "draining" | "away";
  readonly lostBecause: string | null;
  readonly users: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** How long the test's code has blocked its event loop; 0 for a healthy worker. */
  readonly blockedMs: number;
  readonly startSkewMs: number | null;
  /** For how long nothing has been heard of it. */
  readonly silentMs: number;
  /** How it did in its latest second; null before its first report. */
  readonly health: Omit<HealthSample, "atMs" | "widthMs" | "requests"> | null;
}

/** The workers of the run that goes on, or those that wait for the next. */
export class LiveWorkers {
  readonly #session: RunSession;
  readonly #nowMs: () => number;
  /** Requests of each worker when they were last looked at. */
  readonly #before = new Map<string, { readonly atMs: number; readonly requests: number; readonly rate: number }>();

  constructor(session: RunSession, nowMs: () => number) {
    this.#session = session;
    this.#nowMs = nowMs;
  }

  list(): LiveWorker[] {
    const { current, waitingWorkers } = this.#session;
    if (current !== null && current.result === null) {
      return current.master.roster.workers.map((worker) => this.#of(current, worker));
    }
    this.#before.clear();
    return waitingWorkers.map(({ id, host, pid, sinceMs: _ }) => ({
      ...{ number: null, id, host, pid, state: "waiting", lostBecause: null, users: 0, requests: 0 },
      ...{ requestsPerSecond: 0, blockedMs: 0, startSkewMs: null, silentMs: 0, health: null },
    }));
  }

  #of({ id: runId, master }: CurrentRun, worker: WorkerHandle): LiveWorker {
    const { number, identity, lostBecause, users, requests, blockedMs, startSkewMs } = worker;
    return {
      number,
      ...identity,
      state: stateOf(worker),
      lostBecause,
      users,
      requests,
      requestsPerSecond: this.#rate(`${runId} ${number}`, requests),
      blockedMs,
      startSkewMs,
      health: healthOf(master.collector.health.latest(number)),
      silentMs: Math.max(0, Math.round(this.#nowMs() - worker.lastHeardMs)),
    };
  }

  /** Reports come once a second: what is looked at more often keeps its rate. */
  #rate(key: string, requests: number): number {
    const nowMs = this.#nowMs();
    const before = this.#before.get(key) ?? { atMs: nowMs, requests, rate: 0 };
    const elapsedMs = nowMs - before.atMs;
    if (elapsedMs < 900) {
      this.#before.set(key, before);
      return before.rate;
    }
    const rate = Math.round(((requests - before.requests) / elapsedMs) * 10_000) / 10;
    this.#before.set(key, { atMs: nowMs, requests, rate });
    return rate;
  }
}

function healthOf(sample: HealthSample | null): LiveWorker["health"] {
  if (sample === null) return null;
  const { atMs: _at, widthMs: _width, requests: _requests, ...health } = sample;
  return health;
}

function stateOf({ state, isConnected, isLeaving }: WorkerHandle): LiveWorker["state"] {
  if (state === "running" && isLeaving) return "draining";
  return state === "running" && !isConnected ? "away" : state;
}
