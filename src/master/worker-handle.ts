import type { WebSocket } from "ws";
import { Channel } from "../protocol/channel.ts";
import type { MasterMessage, PrepareMessage, StartMessage } from "../protocol/master-messages.ts";
import { decodeReport } from "../protocol/report-frame.ts";
import type { ScenarioSpec } from "../protocol/scenario-spec.ts";
import {
  type Hello,
  type LifecycleDone,
  type StopReason,
  type Thrown,
  type WorkerLogLine,
  type WorkerMessage,
  type WorkerSession,
  workerMessage,
} from "../protocol/worker-messages.ts";
import type { IntervalReport } from "../stats/interval-report.ts";

/**
 *   joined -> loading -> ready -> running -> stopped -> gone
 *                    \-> failed (the test does not load)
 * and from any of them to lost; from lost back to running or stopped when it returns.
 */
export type WorkerState = "joined" | "loading" | "ready" | "failed" | "running" | "stopped" | "lost" | "gone";

/** The reason with which a worker closes its socket of its own accord. */
const goodbye = "done";

/** Who a worker is: the same when it comes back. */
export type WorkerIdentity = Pick<Hello, "id" | "host" | "pid">;

/** What is kept of a worker beside who it is. */
export type WorkerFacts = Pick<
  WorkerHandle,
  | "state"
  | "hasStarted"
  | "requests"
  | "counted"
  | "startSkewMs"
  | "takenSequence"
  | "committedSequence"
  | "lastSequence"
  | "lostBecause"
>;

export interface WorkerHandleListener {
  /** Something about the worker is different: look again. */
  onChange(worker: WorkerHandle): void;
  onLost(worker: WorkerHandle): void;
  /** Its load has ended before the run's, and it has reported everything. */
  onLeft(worker: WorkerHandle, reason: StopReason): void;
  /** It was lost, and is there again: its load still running, or stopped since. */
  onReturned(worker: WorkerHandle, isRunning: boolean): void;
  /** Takes a report; returns whether it was new. It is acknowledged once it is committed. */
  onReport(worker: WorkerHandle, report: IntervalReport): boolean;
  onLog(worker: WorkerHandle, line: WorkerLogLine): void;
  /** Milliseconds on the master's clock. */
  nowMs(): number;
}

/** The master's side of one worker: verbs to tell it what to do, and what it said. It outlives its sockets. */
export class WorkerHandle {
  readonly number: number;
  readonly identity: WorkerIdentity;
  state: WorkerState = "joined";
  /** It was told to begin. */
  hasStarted = false;
  /** Of a run that was taken up again, and not heard of since. */
  isAwaited = false;
  /** It was told to leave the run. */
  isLeaving = false;
  users = 0;
  requests = 0;
  /** Of counted loads, by the scenario's id: what it has reported as completed. */
  counted: IntervalReport["counted"] = [];
  startSkewMs: number | null = null;
  /** The last report that is taken, and the last that is committed. */
  takenSequence = 0;
  committedSequence = 0;
  /** The last report of all, once it has stopped. */
  lastSequence: number | null = null;
  lastHeardMs: number;
  /** How long the test's code has blocked its event loop; 0 for a healthy worker. */
  blockedMs = 0;
  /** How far its wall clock is ahead of ours, to a few ms: the way here is not taken off. */
  clockOffsetMs: number | null = null;
  loadError: Thrown | null = null;
  lifecycle: LifecycleDone | null = null;
  lostBecause: string | null = null;
  /** What it was asked to run and has not answered yet. */
  #asked: { readonly phase: LifecycleDone["phase"]; readonly again: () => void } | null = null;
  #channel: Channel<WorkerMessage, MasterMessage> | null = null;
  #closedBecause: string | null = null;
  /** Until that is told: why it has left a load that goes on. */
  #leftBecause: StopReason | null = null;
  readonly #listener: WorkerHandleListener;
  #bundle: { readonly hash: string; readonly source: string } | null = null;

  constructor(number: number, { id, host, pid }: WorkerIdentity, listener: WorkerHandleListener) {
    this.number = number;
    this.identity = { id, host, pid };
    this.#listener = listener;
    this.lastHeardMs = listener.nowMs();
  }

  /** Of a run that this master takes up again: it was running, and may come back. */
  restore(facts: WorkerFacts): void {
    Object.assign(this, facts);
    this.isAwaited = true;
  }

  /** What a master that takes up the run has to know of it. */
  get facts(): WorkerFacts {
    const { state, hasStarted, requests, counted, startSkewMs } = this;
    const { takenSequence, committedSequence, lastSequence, lostBecause } = this;
    return {
      state,
      hasStarted,
      requests,
      counted,
      startSkewMs,
      takenSequence,
      committedSequence,
      lastSequence,
      lostBecause,
    };
  }

  /** For people: "worker 2 (host-a, pid 4711)". */
  get description(): string {
    return `worker ${this.number} (${this.identity.host}, pid ${this.identity.pid})`;
  }

  /** In the run; perhaps without a socket for a while. */
  get isAlive(): boolean {
    return this.state !== "lost" && this.state !== "gone" && this.state !== "failed";
  }

  get isConnected(): boolean {
    return this.#channel !== null;
  }

  /** Its load is over and everything that it reported is taken. */
  get isDone(): boolean {
    return this.lastSequence !== null && this.takenSequence >= this.lastSequence;
  }

  /** Takes the worker's socket: its first, or another after it has lost that. */
  attach(socket: WebSocket): void {
    const before = this.#channel;
    const channel = new Channel<WorkerMessage, MasterMessage>(socket, workerMessage, {
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => this.#receiveReport(frame),
      onClose: (reason) => {
        if (this.#channel === channel) this.#closed(reason);
      },
    });
    this.#channel = channel;
    before?.terminate();
    this.lastHeardMs = this.#listener.nowMs();
    this.isAwaited = false;
    this.#closedBecause = null;
    if (this.state === "gone") this.state = "stopped";
  }

  welcome(runId: string, startAtMs: number | null, stays: boolean): void {
    const lastSequence = this.committedSequence;
    this.#send({ type: "welcome", worker: this.number, runId, lastSequence, startAtMs, stays });
  }

  /** It is back: what it or the master said last may have been lost with the socket. */
  resumeFrom({ state, stopped, lifecycle }: WorkerSession): void {
    if (stopped !== null) this.#stopped(stopped.lastSequence, stopped.reason);
    else if (state === "running") this.#return();
    // The start may not have reached it.
    else if (state === "ready" && (this.state === "loading" || this.state === "running")) this.state = "ready";
    else if (this.state === "lost") this.state = state === "ready" ? "ready" : "joined";
    // What it has answered may be the question before this one.
    if (lifecycle !== null && "type" in lifecycle) this.#lifecycleDone(lifecycle);
    const isAtIt = lifecycle !== null && "running" in lifecycle && lifecycle.running === this.#asked?.phase;
    if (!isAtIt) this.#asked?.again();
    this.#listener.onChange(this);
  }

  prepare(message: Omit<PrepareMessage, "type">, bundle: { readonly hash: string; readonly source: string }): void {
    this.#bundle = bundle;
    if (this.state === "joined") this.state = "loading";
    this.#send({ type: "prepare", ...message });
  }

  runSetup(): void {
    this.#ask("setup", () => this.#send({ type: "run-setup" }));
  }

  runTeardown(setup: Record<string, unknown>): void {
    this.#ask("teardown", () => this.#send({ type: "run-teardown", setup }));
  }

  start(message: Omit<StartMessage, "type">): void {
    this.state = "running";
    this.hasStarted = true;
    this.#send({ type: "start", ...message });
  }

  update(scenarios: ScenarioSpec[]): void {
    if (this.state === "running") this.#send({ type: "update", scenarios });
  }

  stop(stopTimeoutMs: number): void {
    if (this.state === "running" || this.state === "lost") this.#send({ type: "stop", stopTimeoutMs });
  }

  /** The run goes on without it: it finishes its iterations, reports the rest, and ends. */
  leave(stopTimeoutMs: number): void {
    this.isLeaving = true;
    this.#send({ type: "leave", stopTimeoutMs });
  }

  /** Everything up to `sequence` is committed. */
  acknowledge(sequence: number): void {
    this.committedSequence = sequence;
    this.#send({ type: "ack", sequence });
  }

  /** The run is over for this worker; its socket closes. */
  quit(code: number, reason: string): void {
    if (!this.isConnected) return;
    this.#send({ type: "quit" });
    this.#channel?.close(code, reason);
    if (this.isAlive) this.state = "gone";
  }

  /** Declares the worker lost, once. A socket that it has stays: it may come back, or only be slow. */
  lose(reason: string): void {
    if (this.state === "lost" || this.state === "gone") return;
    this.state = "lost";
    this.users = 0;
    this.lostBecause = this.#closedBecause ?? reason;
    this.#listener.onLost(this);
    this.#listener.onChange(this);
  }

  /** Nothing comes over its socket any more. */
  disconnect(): void {
    this.#channel?.terminate();
  }

  /** Says that it will not come back, though it did all that it had to. */
  leaveBehind(): void {
    this.state = "gone";
    this.#listener.onChange(this);
  }

  /** A worker that has reported everything and said goodbye is gone; any other may come back. */
  #closed(reason: string): void {
    this.#channel = null;
    this.#closedBecause = reason;
    if (this.state === "stopped" && this.isDone && reason === goodbye) this.state = "gone";
    this.#listener.onChange(this);
  }

  #send(message: MasterMessage): void {
    this.#channel?.send(message);
  }

  #receive(message: WorkerMessage): void {
    this.lastHeardMs = this.#listener.nowMs();
    switch (message.type) {
      case "clock-probe":
        this.#send({ type: "clock-reply", probe: message.probe, masterMs: this.#listener.nowMs() });
        return;
      case "need-bundle":
        this.#sendBundle(message.hash);
        return;
      case "heartbeat":
        this.users = message.users;
        this.blockedMs = message.blockedMs;
        this.clockOffsetMs = Math.round(message.wallMs - Date.now());
        this.#send({ type: "heartbeat" });
        if (message.blockedMs === 0) this.#return();
        return;
      case "log": {
        const { type: _, ...line } = message;
        this.#listener.onLog(this, line);
        return;
      }
      case "ready":
        if (this.state === "loading") this.state = "ready";
        break;
      case "load-failed":
        this.loadError = message.error;
        this.state = "failed";
        break;
      case "lifecycle-done":
        this.#lifecycleDone(message);
        break;
      case "started":
        this.startSkewMs = message.skewMs;
        break;
      case "stopped":
        this.#stopped(message.lastSequence, message.reason);
        break;
    }
    this.#listener.onChange(this);
  }

  /** From having been lost while its load ran. */
  #return(): void {
    if (this.state !== "lost" || !this.hasStarted) return;
    this.state = "running";
    this.lostBecause = null;
    this.#listener.onReturned(this, true);
  }

  #stopped(lastSequence: number, reason: StopReason): void {
    const isNew = this.lastSequence === null;
    this.lastSequence = lastSequence;
    this.users = 0;
    if (this.state === "lost") {
      this.lostBecause = null;
      this.#listener.onReturned(this, false);
    }
    if (this.state === "running" || this.state === "lost") this.state = "stopped";
    if (isNew && reason !== "finished") this.#leftBecause = reason;
    this.#tellLeft();
  }

  /** After a lost socket, it may say that it has stopped before its last reports are there. */
  #tellLeft(): void {
    if (this.#leftBecause === null || !this.isDone) return;
    const reason = this.#leftBecause;
    this.#leftBecause = null;
    this.#listener.onLeft(this, reason);
  }

  #ask(phase: LifecycleDone["phase"], again: () => void): void {
    this.lifecycle = null;
    this.#asked = { phase, again };
    again();
  }

  #lifecycleDone(done: LifecycleDone): void {
    if (this.#asked?.phase !== done.phase) return;
    this.#asked = null;
    this.lifecycle = done;
  }

  #sendBundle(asked: string): void {
    if (this.#bundle?.hash !== asked) return;
    const { hash, source } = this.#bundle;
    this.#send({ type: "bundle", hash, source });
  }

  #receiveReport(frame: Uint8Array): void {
    this.lastHeardMs = this.#listener.nowMs();
    const report = decodeReport(frame);
    if (this.#listener.onReport(this, report)) {
      this.takenSequence = report.sequence;
      this.counted = report.counted;
      for (const endpoint of report.endpoints) this.requests += endpoint.requests;
      this.#tellLeft();
    } else if (report.sequence <= this.committedSequence) this.acknowledge(this.committedSequence);
    this.#listener.onChange(this);
  }
}
