import type { WebSocket } from "ws";
import type { PrepareMessage, StartMessage } from "../../protocol/master-messages.ts";
import { decodeReport } from "../../protocol/report-frame.ts";
import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import type { StopReason, WorkerLogLine, WorkerMessage, WorkerSession } from "../../protocol/worker-messages.ts";
import type { LoadableBundle } from "../../scenario/bundle/load-bundle.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import type { WorkerFacts, WorkerIdentity, WorkerState } from "../worker-state.ts";
import { LifecycleCall } from "./lifecycle-call.ts";
import { TestDelivery } from "./test-delivery.ts";
import { WorkerCourse } from "./worker-course.ts";
import { WorkerSocket } from "./worker-socket.ts";

/** The reason with which a worker closes its socket of its own accord. */
const goodbye = "done";

export interface ConnectedWorkerListener {
  /** Something about the worker is different: look again. */
  onChange(worker: ConnectedWorker): void;
  onLost(worker: ConnectedWorker): void;
  /** Its load has ended before the run's, and it has reported everything. */
  onLeft(worker: ConnectedWorker, reason: StopReason): void;
  /** It was lost, and is there again: its load still running, or stopped since. */
  onReturned(worker: ConnectedWorker, isRunning: boolean): void;
  /** Takes a report; returns whether it was new. It is acknowledged once it is committed. */
  onReport(worker: ConnectedWorker, report: IntervalReport): boolean;
  onLog(worker: ConnectedWorker, line: WorkerLogLine): void;
  /** Milliseconds on the master's clock. */
  nowMs(): number;
}

/** The master's side of one worker: verbs to tell it what to do, and what it said. It outlives its sockets. */
export class ConnectedWorker {
  readonly number: number;
  readonly identity: WorkerIdentity;
  readonly socket: WorkerSocket;
  readonly delivery: TestDelivery;
  readonly lifecycleCall = new LifecycleCall();
  /** Of a run that was taken up again, and not heard of since. */
  isAwaited = false;
  /** It was told to leave the run. */
  isLeaving = false;
  /** How long the test's code has blocked its event loop; 0 for a healthy worker. */
  blockedMs = 0;
  /** How far its wall clock is ahead of ours, to a few ms: the way here is not taken off. */
  clockOffsetMs: number | null = null;
  #users = 0;

  readonly course: WorkerCourse;
  readonly #listener: ConnectedWorkerListener;

  constructor(number: number, { id, host, pid }: WorkerIdentity, listener: ConnectedWorkerListener) {
    this.number = number;
    this.identity = { id, host, pid };
    this.#listener = listener;
    this.course = new WorkerCourse({
      onChange: () => listener.onChange(this),
      onLost: () => listener.onLost(this),
      onLeft: (reason) => listener.onLeft(this, reason),
      onReturned: (isRunning) => listener.onReturned(this, isRunning),
    });
    this.socket = new WorkerSocket({
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => this.#receiveReport(decodeReport(frame)),
      onDown: (reason) => this.#lineDown(reason),
      onRefused: (side, reason) => this.course.refused(side, reason),
      nowMs: () => listener.nowMs(),
    });
    this.delivery = new TestDelivery(this.socket, () => listener.nowMs());
  }

  /** Of a run that this master takes up again: it was running, and may come back. */
  restore(facts: WorkerFacts): void {
    this.course.restore(facts);
    this.isAwaited = true;
  }

  /** What a master that takes up the run has to know of it. */
  get facts(): WorkerFacts {
    return this.course.facts;
  }

  /** For people: "worker 2 (host-a, pid 4711)". */
  get description(): string {
    return `worker ${this.number} (${this.identity.host}, pid ${this.identity.pid})`;
  }

  get state(): WorkerState {
    return this.course.state;
  }

  /** In the run; perhaps without a socket for a while. */
  get isAlive(): boolean {
    return this.course.isAlive;
  }

  get isConnected(): boolean {
    return this.socket.isUp;
  }

  /** Its load is over and everything that it reported is taken. */
  get isDone(): boolean {
    return this.course.reports.isDone;
  }

  /** Virtual users that run now. */
  get users(): number {
    return this.state === "running" ? this.#users : 0;
  }

  /** Takes the worker's socket: its first, or another after it has lost that. */
  attach(socket: WebSocket): void {
    this.socket.take(socket);
    this.isAwaited = false;
    this.course.connected();
  }

  welcome(runId: string, startAtMs: number | null, acceptsMoreRuns: boolean): void {
    const lastSequence = this.course.reports.soFar.committedSequence;
    this.socket.send({ type: "welcome", worker: this.number, runId, lastSequence, startAtMs, stays: acceptsMoreRuns });
  }

  /** It is back, and says where it stands. */
  resumeFrom(session: WorkerSession): void {
    this.course.resumed(session);
    this.lifecycleCall.resume(session.lifecycle);
    this.#listener.onChange(this);
  }

  prepare(message: Omit<PrepareMessage, "type">, bundle: LoadableBundle): void {
    this.delivery.offer(bundle);
    this.course.toldToLoad();
    this.socket.send({ type: "prepare", ...message });
  }

  runSetup(): void {
    this.lifecycleCall.begin("setup", () => this.socket.send({ type: "run-setup" }));
  }

  runTeardown(setup: Record<string, unknown>): void {
    this.lifecycleCall.begin("teardown", () => this.socket.send({ type: "run-teardown", setup }));
  }

  start(message: Omit<StartMessage, "type">): void {
    this.course.toldToBegin();
    this.socket.send({ type: "start", ...message });
  }

  update(scenarios: ScenarioSpec[]): void {
    if (this.state === "running") this.socket.send({ type: "update", scenarios });
  }

  stop(stopTimeoutMs: number): void {
    if (this.state === "running" || this.state === "lost") this.socket.send({ type: "stop", stopTimeoutMs });
  }

  /** The run goes on without it: it finishes its iterations, reports the rest, and ends. */
  leave(stopTimeoutMs: number): void {
    this.isLeaving = true;
    this.socket.send({ type: "leave", stopTimeoutMs });
  }

  /** Everything up to `sequence` is committed. */
  acknowledge(sequence: number): void {
    this.course.reports.commit(sequence);
    this.socket.send({ type: "ack", sequence });
  }

  /** The run is over for this worker; its socket closes. */
  quit(code: number, reason: string): void {
    if (!this.isConnected) return;
    this.socket.send({ type: "quit" });
    this.socket.close(code, reason);
    this.course.sentHome();
  }

  /** Declares the worker lost; why its socket closed, when it has none, says more than `reason`. */
  lose(reason: string): void {
    this.course.lost(this.socket.downBecause ?? reason);
  }

  /** Declares it lost since its process has ended: why says more than that its socket has closed. */
  ended(how: string): void {
    this.course.lost(how);
  }

  /** Says that it will not come back, though it did all that it had to. */
  leaveBehind(): void {
    this.course.gone();
  }

  /** A worker that has reported everything and said goodbye is gone; any other may come back. */
  #lineDown(reason: string): void {
    if (this.state === "stopped" && this.isDone && reason === goodbye) this.course.gone();
    else this.#listener.onChange(this);
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case "clock-probe":
        this.socket.send({ type: "clock-reply", probe: message.probe, masterMs: this.#listener.nowMs() });
        break;
      case "need-bundle":
        this.delivery.sendCode(message.hash);
        break;
      case "need-data":
        this.delivery.sendData(message.hash, message.offset);
        break;
      case "heartbeat":
        this.#receiveHeartbeat(message);
        break;
      case "log": {
        const { type: _, ...line } = message;
        this.#listener.onLog(this, line);
        break;
      }
      case "ready":
        this.course.loaded();
        break;
      case "load-failed":
        this.course.failed(message.error);
        break;
      case "lifecycle-done":
        this.lifecycleCall.take(message);
        this.#listener.onChange(this);
        break;
      case "started":
        this.course.started(message.skewMs);
        break;
      case "stopped":
        this.course.stopped(message.lastSequence, message.reason);
        break;
    }
  }

  #receiveHeartbeat({ users, blockedMs, wallMs }: Extract<WorkerMessage, { type: "heartbeat" }>): void {
    this.#users = users;
    this.blockedMs = blockedMs;
    this.clockOffsetMs = Math.round(wallMs - Date.now());
    this.socket.send({ type: "heartbeat" });
    if (blockedMs === 0) this.course.wellAgain();
  }

  #receiveReport(report: IntervalReport): void {
    const { committedSequence } = this.course.reports.soFar;
    if (this.#listener.onReport(this, report)) this.course.reported(report);
    else if (report.sequence <= committedSequence) this.acknowledge(committedSequence);
    this.#listener.onChange(this);
  }
}
