import type { WebSocket } from "ws";
import { ProtocolError } from "../../protocol/channel.ts";
import type { MasterMessage, PrepareMessage, ResponseMessage, StartMessage } from "../../protocol/master-messages.ts";
import { decodeReport } from "../../protocol/report-frame.ts";
import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import { closeCodes } from "../../protocol/version.ts";
import type { Hello, WorkerSession } from "../../protocol/worker-messages.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import { clockMarginMs } from "../record/report-bounds.ts";
import type { DeliveredTest } from "./test-delivery.ts";
import type { WorkerSurroundings } from "./worker-events.ts";
import { WorkerSecret } from "./worker-secret.ts";
import { type StateMessage, WorkerSocket, type WorkerSocketListener } from "./worker-socket.ts";
import * as states from "./worker-state.ts";
import { advance, type WorkerInput, type WorkerStateEvent } from "./worker-steps.ts";

/** A worker sends at most 10 log lines per second, and some at once. */
const mostLogLinesPerSecond = 100;
/** The close reason of a worker that is done and closes its socket on purpose. */
const goodbye = "done";

/** The master's side of one worker: its state, and methods to send it orders. It outlives the sockets of the worker. */
export class ConnectedWorker {
  readonly number: number;
  readonly identity: states.WorkerIdentity;
  readonly socket: WorkerSocket;
  readonly #secret: WorkerSecret;
  /** When the worker starts its load, on the master's clock; null before the start message was sent. */
  #startAtMs: number | null = null;
  /** The number of log lines in the latest second that had any. */
  #logged = { second: 0, lines: 0 };
  /** The numbers of the last message with request rows that arrived, and of the last whose rows were taken. */
  readonly #rows = { arrived: 0, taken: 0 };
  /** Whether its first report may come after a gap: its last commits before a restart of the master may be lost. */
  #mayHaveGap: boolean;
  /** Whether it belongs to a resumed run whose store has the hash of its secret, so that it can prove who it is. */
  readonly #isProven: boolean;
  readonly #isRestored: boolean;
  /** The number of a report that was missing when a later one arrived; null if there was none. */
  #missedSequence: number | null = null;
  #state: states.WorkerState;
  readonly #run: WorkerSurroundings<ConnectedWorker>;

  /**
   * @param facts the stored facts of a worker of a resumed run, which may still be running, and reconnect; null for a
   * new worker
   */
  constructor(
    number: number,
    { id, host, pid }: states.WorkerIdentity,
    run: WorkerSurroundings<ConnectedWorker>,
    facts: states.StoredFacts | null,
  ) {
    this.number = number;
    this.identity = { id, host, pid };
    this.#run = run;
    this.#secret = new WorkerSecret(facts?.secretHash ?? null);
    this.#isRestored = facts !== null;
    this.#mayHaveGap = this.#isRestored;
    this.#isProven = typeof facts?.secretHash === "string";
    this.#state = states.workerState(facts);
    const listener: WorkerSocketListener = {
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => this.#receiveReport(decodeReport(frame)),
      onDown: (reason) => this.#socketDown(reason),
      onRefused: (side, reason) => this.#apply({ type: "unreadable", side, reason }),
    };
    this.socket = new WorkerSocket(listener, run.nowMs);
  }

  get state(): states.WorkerState {
    return this.#state;
  }

  get status(): states.WorkerStatus {
    return this.#state.status;
  }

  /** A description for messages: "worker 2 (host-a, pid 4711)". */
  get description(): string {
    return `worker ${this.number} (${this.identity.host}, pid ${this.identity.pid})`;
  }

  /** The identity of the worker, and the part of its state that is stored. */
  get record(): { readonly number: number } & states.WorkerIdentity & states.StoredFacts {
    if (this.socket.hasSpoken) this.#secret.confirm();
    return { number: this.number, ...this.identity, ...states.workerFacts(this.#state), secretHash: this.#secret.hash };
  }

  get isAlive(): boolean {
    return states.isAlive(this.#state);
  }

  get isConnected(): boolean {
    return this.socket.isUp;
  }

  get isDone(): boolean {
    return states.isDone(this.#state);
  }

  /** The number of virtual users that are running now. */
  get users(): number {
    return this.status === "running" ? this.#state.users : 0;
  }

  /** Whether a hello with the id of this worker also has its secret. */
  admits(hello: Pick<Hello, "secret" | "session">): boolean {
    if (this.socket.hasSpoken) this.#secret.confirm();
    return this.#secret.admits(hello);
  }

  /**
   * Returns the time of a resumed run by the clock of this worker; null if its load has not started, or if it cannot
   * prove who it is.
   */
  timeOf(session: WorkerSession | null): number | null {
    if (session === null || !this.#isProven) return null;
    return session.state === "running" || session.state === "stopped" ? session.elapsedMs : null;
  }

  /** Takes the worker's first socket, or a new one after a reconnect. */
  attach(socket: WebSocket): void {
    this.socket.take(socket);
    this.#apply({ type: "connected" });
  }

  /** @param hello the hello that is answered; it was admitted */
  welcome(hello: Hello, runId: string, startAtMs: number | null, acceptsMoreRuns: boolean): void {
    const { committedSequence: lastSequence } = this.#state;
    const secret = this.#secret.welcome(hello);
    const stays = acceptsMoreRuns;
    this.socket.send({ type: "welcome", worker: this.number, secret, runId, lastSequence, startAtMs, stays });
  }

  /** Resumes a worker that has reconnected and reports its progress. */
  resume(session: WorkerSession): void {
    this.#apply({ type: "resumed", session });
    const { call } = this.#state;
    const { lifecycle } = session;
    const running = lifecycle !== null && "running" in lifecycle ? lifecycle.running : null;
    // The call may have been lost with the previous socket.
    if (call !== null && call.type !== `run-${running}`) this.socket.send(call);
  }

  prepare(message: Omit<PrepareMessage, "type">, test: DeliveredTest): void {
    this.socket.delivery.offer(test);
    this.#tell({ type: "prepare", ...message });
  }

  /** Makes the worker run setup or teardown. Its answer is in the state of the worker later. */
  call(call: states.LifecycleCall): void {
    this.#tell(call);
  }

  start(message: Omit<StartMessage, "type">): void {
    this.#startAtMs = message.startAtMs;
    this.#tell({ type: "start", ...message });
  }

  update(scenarios: ScenarioSpec[]): void {
    if (this.status === "running") this.socket.send({ type: "update", scenarios });
  }

  stop(stopTimeoutMs: number): void {
    if (this.status === "running" || this.status === "lost") this.socket.send({ type: "stop", stopTimeoutMs });
  }

  /** Makes the worker leave a run that continues: it finishes its iterations, sends its last reports, and ends. */
  leave(stopTimeoutMs: number): void {
    this.#tell({ type: "leave", stopTimeoutMs });
  }

  /** Sends the response to a request of the worker; does nothing while there is no socket. */
  respond(message: ResponseMessage): void {
    this.socket.send(message);
  }

  /** Tells the worker that the requests of this message are written or dropped, so that it sends the next ones. */
  rowsTaken(batch: number): void {
    this.#rows.taken = Math.max(this.#rows.taken, batch);
    this.socket.send({ type: "request-rows-taken", batch });
  }

  /** Acknowledges the worker's reports up to `sequence`, which are committed. */
  acknowledge(sequence: number): void {
    this.#tell({ type: "ack", sequence });
  }

  /** Ends the run for this worker, and closes its socket. */
  quit(code: number, reason: string): void {
    if (!this.isConnected) return;
    this.#tell({ type: "quit" });
    this.socket.close(code, reason);
  }

  /** Declares the worker lost. If its socket has closed, the reason for that is used instead of `reason`. */
  lose(reason: string): void {
    this.#apply({ type: "lost", reason: this.socket.downBecause ?? reason });
  }

  /** Declares the worker lost because its process has ended: `how` is more precise than the closed socket. */
  processEnded(how: string): void {
    this.#apply({ type: "lost", reason: how });
  }

  /** Marks the worker as gone: it has done its work and will not return. */
  leaveBehind(): void {
    this.#apply({ type: "gone" });
  }

  #tell(message: MasterMessage & WorkerInput): void {
    this.#apply(message);
    this.socket.send(message);
  }

  #apply(input: WorkerInput): void {
    const { state, events } = advance(this.#state, input);
    if (state === this.#state && events.length === 0) return;
    this.#state = state;
    for (const event of events) this.#announce(event);
    this.#run.signal.notify();
  }

  #announce(event: WorkerStateEvent): void {
    const { events, log } = this.#run;
    const { loadError, lostBecause } = this.#state;
    const warn = (text: string) => log.warn({ worker: this.number }, text);
    if (event.kind === "ready") events.ready(this);
    else if (event.kind === "failed") warn(`${this.description} cannot load the test: ${loadError?.message}`);
    else if (event.kind === "started") events.started(this);
    else if (event.kind === "returned") events.returned(this, event.isRunning);
    else if (event.kind === "leaving") events.leaving(this);
    else if (event.kind === "left") events.left(this, event.reason);
    else {
      warn(`lost ${this.description}: ${lostBecause}`);
      events.lost(this);
    }
  }

  /**
   * Handles the loss of the socket. A worker that has sent all reports and closed it on purpose is gone; any other may
   * reconnect.
   */
  #socketDown(reason: string): void {
    if (this.status === "stopped" && this.isDone && reason === goodbye) this.#apply({ type: "gone" });
    else this.#run.signal.notify();
  }

  #receive(message: StateMessage): void {
    const { type } = message;
    if (type === "log") this.#log(message);
    else if (type === "request-rows") this.#receiveRows(message);
    else if (
      type === "request" ||
      type === "request-cancelled" ||
      type === "response-taken" ||
      type === "requests-open"
    ) {
      this.#run.events.requested(this, message);
    } else if (type === "stopped") this.#receiveStopped(message);
    else if (type === "started") this.#receiveStarted(message);
    else if (message.type !== "heartbeat") this.#apply(message);
    else this.#apply({ ...message, clockOffsetMs: Math.round(message.wallMs - Date.now()) });
  }

  /** Takes a message with request rows. A message that arrives again, after a reconnect, is not passed on twice. */
  #receiveRows(message: Extract<StateMessage, { type: "request-rows" }>): void {
    const { batch } = message;
    if (batch > this.#rows.arrived) {
      this.#rows.arrived = batch;
      this.#run.events.rowsArrived(this, message);
    } else if (batch <= this.#rows.taken) this.rowsTaken(batch);
  }

  /** Passes on a log line, unless the worker sends more lines per second than a worker of muster does. */
  #log(line: Extract<StateMessage, { type: "log" }>): void {
    const second = Math.floor(this.#run.nowMs() / 1_000);
    this.#logged = { second, lines: second === this.#logged.second ? this.#logged.lines + 1 : 1 };
    if (this.#logged.lines <= mostLogLinesPerSecond) this.#run.events.logged(this, line);
  }

  /**
   * Takes the message that the worker's first user could start. That cannot be before the start of the load, nor later
   * than now.
   */
  #receiveStarted(message: Extract<StateMessage, { type: "started" }>): void {
    const sinceMs = this.#startAtMs === null ? Number.POSITIVE_INFINITY : this.#run.nowMs() - this.#startAtMs;
    if (message.skewMs < -clockMarginMs || message.skewMs > sinceMs + clockMarginMs) {
      throw new ProtocolError(`a start ${message.skewMs} ms after the planned start is not possible`);
    }
    this.#apply(message);
  }

  /** Takes the last message of a load. All reports of the worker arrive before it, through the same socket. */
  #receiveStopped(message: Extract<StateMessage, { type: "stopped" }>): void {
    const { takenSequence } = this.#state;
    const { lastSequence } = message;
    if (lastSequence < takenSequence) {
      throw new ProtocolError(`the last report is said to be ${lastSequence}, but ${takenSequence} has come`);
    }
    if (lastSequence > takenSequence) this.#demand(takenSequence + 1, lastSequence + 1);
    else this.#apply(message);
  }

  /**
   * Makes the worker resend reports, because one is missing before another. The later report is not merged: the worker
   * reconnects, and sends all reports after the last committed one.
   * @throws ProtocolError when the worker has reconnected and the report is still missing
   */
  #demand(missed: number, before: number): void {
    const what = `report ${missed} is missing before ${before}`;
    if (this.#missedSequence === missed) throw new ProtocolError(`${what}, again`);
    this.#missedSequence = missed;
    this.#run.log.warn({ worker: this.number }, `${this.description} has to reconnect: ${what}`);
    this.socket.restart(closeCodes.missingReport, what);
  }

  /**
   * Takes a report. A duplicate is acknowledged again, because the first acknowledgement may have been lost. A worker
   * of a resumed run begins with the first report that was not acknowledged: earlier reports that the store lost in a
   * power cut cannot be sent again.
   */
  #receiveReport(report: IntervalReport): void {
    const { takenSequence, committedSequence, hasStarted } = this.#state;
    if (!hasStarted && !this.#isRestored) throw new ProtocolError("a report of a worker that was not started");
    if (report.sequence > takenSequence + 1 && !this.#mayHaveGap) {
      this.#demand(takenSequence + 1, report.sequence);
      return;
    }
    if (report.sequence > takenSequence) {
      if (this.#run.events.reported(this, report)) {
        this.#mayHaveGap = false;
        this.#apply({ type: "report", report });
      } else this.socket.restart(closeCodes.missingReport, "the time of the run is not known yet");
      return;
    }
    this.#mayHaveGap = false;
    this.#run.events.repeated();
    if (report.sequence <= committedSequence) this.acknowledge(committedSequence);
  }
}
