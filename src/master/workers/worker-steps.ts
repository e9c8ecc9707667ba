import { countsInTotals } from "../../core/measure-kind.ts";
import type { RefusedSide } from "../../protocol/channel.ts";
import type { LifecycleDone, StopReason, WorkerMessage, WorkerSession } from "../../protocol/worker-messages.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import { isAlive, isDone, type LifecycleCall, type WorkerState } from "./worker-state.ts";

type Said<Type extends WorkerMessage["type"]> = Extract<WorkerMessage, { type: Type }>;
/** The part of a report that its worker's state depends on. */
type ReportedPart = Pick<IntervalReport, "sequence" | "counted" | "load" | "endpoints">;

/** An input that advances a worker's state. */
export type WorkerInput =
  /** A message from the worker. */
  | Said<"ready" | "load-failed" | "lifecycle-done" | "started" | "leaving" | "stopped">
  | (Omit<Said<"heartbeat">, "wallMs"> & Pick<WorkerState, "clockOffsetMs">)
  /** A message to the worker. */
  | LifecycleCall
  | { readonly type: "prepare" | "start" | "leave" | "quit" }
  | { readonly type: "ack"; readonly sequence: number }
  /** The worker has a socket: its first, or a new one. */
  | { readonly type: "connected" }
  /**
   * The worker has reconnected and reports its progress: the last messages of both sides may have been lost with the
   * socket.
   */
  | { readonly type: "resumed"; readonly session: WorkerSession }
  /** The run merged a report of the worker. */
  | { readonly type: "report"; readonly report: ReportedPart }
  /** One side could not read a message of the other. */
  | { readonly type: "unreadable"; readonly side: RefusedSide; readonly reason: string }
  | { readonly type: "lost"; readonly reason: string }
  /** The worker has done its work, and has closed its socket on purpose or fallen silent. */
  | { readonly type: "gone" };

/** An event of a step, for the rest of the run. */
export type WorkerStateEvent =
  /** The worker can take a part of the load. */
  | { readonly kind: "ready" }
  | { readonly kind: "failed" }
  /** The worker's first user could start. */
  | { readonly kind: "started" }
  | { readonly kind: "lost" }
  /** The lost worker is back: its load still runs, or has stopped. */
  | { readonly kind: "returned"; readonly isRunning: boolean }
  /** The worker starts no new iterations, though the load of the run continues. */
  | { readonly kind: "leaving" }
  /** The worker's load ended before the run's, and all its reports have arrived. */
  | { readonly kind: "left"; readonly reason: StopReason };

export interface WorkerStep {
  readonly state: WorkerState;
  /** No event or one; two when a lost worker that has left meanwhile returns. */
  readonly events: readonly WorkerStateEvent[];
}

/** Advances the state of one worker. Pure: time, sockets and the rest of the run are not its concern. */
export function advance(state: WorkerState, input: WorkerInput): WorkerStep {
  const { status } = state;
  switch (input.type) {
    case "connected":
      // A worker that had closed its socket on purpose has more to send.
      return quietly({ ...state, isAwaited: false, status: status === "gone" ? "stopped" : status });
    case "resumed":
      return resumed(answered(state, input.session.lifecycle), input.session);
    case "prepare":
      return quietly(status === "joined" ? { ...state, status: "loading" } : state);
    case "ready":
      return status === "loading" ? ready(state) : quietly(state);
    case "load-failed":
      return { state: { ...state, status: "failed", loadError: input.error }, events: [{ kind: "failed" }] };
    case "run-setup":
    case "run-teardown":
      return quietly({ ...state, call: input, answer: null });
    case "lifecycle-done":
      return quietly(answered(state, input));
    case "start":
      return quietly(status === "ready" ? { ...state, status: "running", hasStarted: true } : state);
    case "started":
      return { state: { ...state, startSkewMs: input.skewMs }, events: [{ kind: "started" }] };
    case "heartbeat":
      return heartbeat(state, input);
    case "report":
      return reported(state, input.report);
    case "ack":
      return quietly({ ...state, committedSequence: Math.max(state.committedSequence, input.sequence) });
    case "leaving":
      return { state: { ...state, isLeaving: true }, events: status === "running" ? [{ kind: "leaving" }] : [] };
    case "leave":
      return quietly({ ...state, isLeaving: true });
    case "stopped":
      return stopped(state, input);
    case "unreadable":
      return unreadable({ ...state, isRefused: true }, input.side, input.reason);
    case "lost":
      return lost(state, input.reason);
    case "gone":
      return quietly({ ...state, status: "gone" });
    case "quit":
      return quietly(isAlive(state) ? { ...state, status: "gone" } : state);
  }
}

function quietly(state: WorkerState): WorkerStep {
  return { state, events: [] };
}

function ready(state: WorkerState): WorkerStep {
  return { state: { ...state, status: "ready", lostBecause: null }, events: [{ kind: "ready" }] };
}

function resumed(state: WorkerState, session: WorkerSession): WorkerStep {
  if (session.stopped !== null) return stopped(state, session.stopped);
  const { status } = state;
  // The start message may have been lost.
  const lacksStart = session.state === "ready" && (status === "loading" || status === "running" || status === "lost");
  if (status === "ready" || lacksStart) return ready(state);
  if (session.state === "running") return heardFrom(state);
  return quietly(status === "lost" ? { ...state, status: "joined", lostBecause: null } : state);
}

/** Takes the answer to a call. A late answer to an earlier call is ignored. */
function answered(state: WorkerState, answer: LifecycleDone | WorkerSession["lifecycle"]): WorkerState {
  if (answer === null || !("type" in answer) || state.call?.type !== `run-${answer.phase}`) return state;
  return { ...state, call: null, answer };
}

function heartbeat(
  state: WorkerState,
  { users, blockedMs, clockOffsetMs }: Extract<WorkerInput, { type: "heartbeat" }>,
) {
  const next = { ...state, users, blockedMs, clockOffsetMs };
  return blockedMs === 0 ? heardFrom(next) : quietly(next);
}

/** Brings back a lost worker whose load had started. A worker that had stopped before it was lost stays stopped. */
function heardFrom(state: WorkerState): WorkerStep {
  if (state.status !== "lost" || !state.hasStarted) return quietly(state);
  const isRunning = state.lastSequence === null;
  return {
    state: { ...state, status: isRunning ? "running" : "stopped", lostBecause: null },
    events: [{ kind: "returned", isRunning }],
  };
}

function reported(state: WorkerState, { sequence, counted, load, endpoints }: ReportedPart): WorkerStep {
  if (sequence <= state.takenSequence) return quietly(state);
  const requests = endpoints.filter(countsInTotals).reduce((sum, endpoint) => sum + endpoint.requests, state.requests);
  return withLeaving({ ...state, requests, counted, load, takenSequence: sequence }, []);
}

function stopped(state: WorkerState, { lastSequence, reason }: NonNullable<WorkerSession["stopped"]>): WorkerStep {
  const isFirst = state.lastSequence === null;
  const wasLost = state.status === "lost";
  const next: WorkerState = {
    ...state,
    lastSequence,
    status: wasLost || state.status === "running" ? "stopped" : state.status,
    lostBecause: wasLost ? null : state.lostBecause,
    leftBecause: isFirst && reason !== "finished" ? reason : state.leftBecause,
  };
  return withLeaving(next, wasLost ? [{ kind: "returned", isRunning: false }] : []);
}

/**
 * Adds the event that a worker has left, once its last reports have arrived. After a reconnect, they may arrive later
 * than its message that it has stopped.
 */
function withLeaving(state: WorkerState, events: readonly WorkerStateEvent[]): WorkerStep {
  const { leftBecause } = state;
  if (leftBecause === null || !isDone(state)) return { state, events };
  return { state: { ...state, leftBecause: null }, events: [...events, { kind: "left", reason: leftBecause }] };
}

function unreadable(state: WorkerState, side: RefusedSide, reason: string): WorkerStep {
  if (side === "sent" && state.status === "loading") {
    const loadError = { message: `the worker refuses the test: ${reason}`, stack: "" };
    return { state: { ...state, status: "failed", loadError }, events: [{ kind: "failed" }] };
  }
  const what = side === "sent" ? "cannot read a message of the master" : "sent a message that cannot be read";
  return lost(state, `${what}: ${reason}`);
}

/** Marks a worker as lost, once. Its socket stays open if it has one: the worker may only be slow, and return. */
function lost(state: WorkerState, reason: string): WorkerStep {
  if (state.status === "lost" || state.status === "gone") return quietly(state);
  return { state: { ...state, status: "lost", lostBecause: reason }, events: [{ kind: "lost" }] };
}
