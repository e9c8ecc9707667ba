import { describeSearchProgress } from "../../analysis/capacity/describe-progress.ts";
import { describeTrial } from "../../analysis/capacity/describe-trial.ts";
import type { SearchDirector } from "../../master/search/search-director.ts";
import type { CurrentRun, RunSession } from "../../runner/run-session.ts";
import type { LiveSearch, LiveState } from "../contract/live.ts";

/** The number of trials in a live state; the result has all of them. */
const latestTrials = 8;

/** The progress of a capacity search, `elapsedMs` after the start of its run. */
export function liveSearch(director: SearchDirector, elapsedMs: number): LiveSearch {
  const trials = director.events
    .filter((event) => event.kind !== "drain")
    .map((trial, position) => ({ number: position + 1, outcome: trial.outcome.kind, text: describeTrial(trial) }));
  return {
    now: director.describe(elapsedMs),
    known: describeSearchProgress(director.events),
    trials: trials.slice(-latestTrials),
  };
}

/** The state of the master and its current run. */
export function liveState(session: RunSession): LiveState {
  const { current, expectWorkers: expected, waitingWorkers, canStart } = session;
  const state = current === null ? "ready" : phaseOf(current);
  const isActive = current !== null && state !== "finished";
  const endMs = current?.master.endMs ?? Number.POSITIVE_INFINITY;
  return {
    runId: current?.definition.runId ?? null,
    state,
    phase: current === null ? null : current.result === null ? current.master.phase : "finished",
    elapsedMs: Math.max(0, Math.round(current?.master.elapsedMs ?? 0)),
    durationMs: Number.isFinite(endMs) ? Math.round(endMs) : null,
    users: isActive ? current.master.users : 0,
    workers: { connected: isActive ? current.master.workers.connected.length : waitingWorkers.length, expected },
    search: isActive ? searchOf(current) : null,
    canStart,
  };
}

function searchOf({ master }: CurrentRun): LiveSearch | null {
  return master.search === null ? null : liveSearch(master.search, master.elapsedMs);
}

function phaseOf({ master, result }: CurrentRun): LiveState["state"] {
  if (result !== null) return "finished";
  switch (master.phase) {
    case "waiting":
    case "preparing":
    case "setup":
      return "starting";
    case "running":
      return master.control?.isPaused === true ? "paused" : "running";
    case "stopping":
    case "teardown":
    case "finished":
      return "stopping";
  }
}
