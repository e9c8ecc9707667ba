import type { ConnectedWorker } from "../../master/workers/connected-worker.ts";
import type { RunSession } from "../../runner/run-session.ts";
import type { HealthSample } from "../../stats/health-sample.ts";
import type { LiveWorker } from "../contract/live.ts";

/** Returns the workers of the active run, or the workers that are waiting for a run. */
export function liveWorkers({ current, waitingWorkers }: RunSession, nowMs: number): LiveWorker[] {
  if (current !== null && current.result === null) {
    const { workers, collector } = current.master;
    return workers.all.map((worker) => workerOf(worker, collector.health.latest(worker.number), nowMs));
  }
  return waitingWorkers.map(({ id, host, pid }) => ({
    ...{ number: null, id, host, pid, state: "waiting", lostBecause: null, users: 0, requests: 0 },
    ...{ requestsPerSecond: 0, blockedMs: 0, startSkewMs: null, clockOffsetMs: null, silentMs: 0, health: null },
  }));
}

function workerOf(worker: ConnectedWorker, sample: HealthSample | null, nowMs: number): LiveWorker {
  const { number, identity, users } = worker;
  const { lostBecause, requests, startSkewMs, blockedMs, clockOffsetMs } = worker.state;
  const state = stateOf(worker);
  const works = state === "running" || state === "draining";
  return {
    number,
    ...identity,
    state,
    lostBecause,
    users,
    requests,
    requestsPerSecond: sample === null || !works ? 0 : Math.round((sample.requests / sample.widthMs) * 10_000) / 10,
    blockedMs,
    startSkewMs,
    clockOffsetMs,
    health: healthOf(sample),
    silentMs: Math.max(0, Math.round(nowMs - worker.socket.lastHeardMs)),
  };
}

function healthOf(sample: HealthSample | null): LiveWorker["health"] {
  if (sample === null) return null;
  const { atMs: _at, widthMs: _width, requests: _requests, ...health } = sample;
  return health;
}

function stateOf({ status, state, isConnected }: ConnectedWorker): LiveWorker["state"] {
  if (status === "running" && state.isLeaving) return "draining";
  return status === "running" && !isConnected ? "away" : status;
}
