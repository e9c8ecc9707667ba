import { pino } from "pino";
import { WebSocket } from "ws";
import { ObservedLog } from "../../../src/master/observe/observed-log.ts";
import { Collector } from "../../../src/master/record/collector.ts";
import { Journal } from "../../../src/master/record/journal.ts";
import { ReportBounds } from "../../../src/master/record/report-bounds.ts";
import { WorkerRequests } from "../../../src/master/shared/worker-requests.ts";
import type { ConnectedWorker } from "../../../src/master/workers/connected-worker.ts";
import type { WorkerEvents } from "../../../src/master/workers/worker-events.ts";
import { WorkerServer } from "../../../src/master/workers/worker-server.ts";
import { WorkerWatch } from "../../../src/master/workers/worker-watch.ts";
import { Workers } from "../../../src/master/workers/workers.ts";
import { ByteWriter } from "../../../src/protocol/bytes.ts";
import type { MasterMessage } from "../../../src/protocol/master-messages.ts";
import { encodeReport } from "../../../src/protocol/report-frame.ts";
import type { Hello, RequestMessage, WorkerMessage, WorkerSession } from "../../../src/protocol/worker-messages.ts";
import { request } from "../../analysis/measurements.ts";
import { type Introduced, introduce, isOfIntroduction } from "../../protocol/introduce.ts";
import { happens } from "../../protocol/socket-pair.ts";
import { record } from "../../stats/recorder-events.ts";
import { prepareMessage } from "../../support/prepare-message.ts";
import { waitUntil } from "../../support/wait-until.ts";

export const token = "t";
const defaultId = "w";
const workerTimeoutMs = 5_000;
const lookEveryMs = 250;
const prepared = { ...prepareMessage, bundleHash: "b", workerTimeoutMs };

/** The workers of a run with its collector and journal, behind a real server, on a clock that the test moves. */
export class WorkersOfRun implements AsyncDisposable, WorkerEvents<ConnectedWorker> {
  /** What the workers told the run, in order. */
  readonly told: string[] = [];
  /** The times of the run by the clocks of the workers that connected, as far as the run believes them. */
  readonly times: (number | null)[] = [];
  /** Whether the run can judge reports. */
  isTimeKnown = true;
  readonly workers: Workers;
  readonly collector = new Collector();
  readonly journal: Journal;
  readonly requests: WorkerRequests;
  readonly #log = pino({ level: "silent" });
  readonly #server = new WorkerServer({ host: "127.0.0.1", port: 0, token, log: this.#log });
  readonly #watch: WorkerWatch;
  readonly #peers: SimulatedWorker[] = [];
  readonly #bounds = new ReportBounds();
  #nowMs = 0;
  #port = 0;

  private constructor() {
    const log = this.#log;
    const nowMs = () => this.#nowMs;
    const timeouts = { workerTimeoutMs, orphanTimeoutMs: 4 * workerTimeoutMs };
    const options = { runId: "r", listener: this.#server, acceptsMoreRuns: false, log, ...timeouts };
    this.workers = new Workers({ ...options, timeline: { startAtMs: null }, nowMs }, this);
    this.#watch = new WorkerWatch({ workers: this.workers.all, ...timeouts, events: this, nowMs });
    const { collector, workers } = this;
    const observed = new ObservedLog([], null);
    this.journal = new Journal(
      { ...{ storage: null, restored: null, collector, workers, observed }, timeline: { elapsedMs: 0 }, log, nowMs },
      { committed: () => this.requests.committed(), superseded: () => {} },
    );
    this.requests = new WorkerRequests({ journal: this.journal, workers, shared: [], log });
  }

  static async open(): Promise<WorkersOfRun> {
    const run = new WorkersOfRun();
    run.#server.open(run.workers);
    run.#port = await run.#server.listen();
    return run;
  }

  /** A worker that connects, with its secret if it was there before; the socket that it had then stays. */
  async connect(hello: Partial<Hello & Introduced> = {}): Promise<SimulatedWorker> {
    const before = this.#peers.findLast(({ id, secret }) => id === (hello.id ?? defaultId) && secret !== undefined);
    const kept = before?.secret === undefined ? {} : { secret: before.secret };
    const peer = new SimulatedWorker(this.#port, { ...kept, ...hello });
    this.#peers.push(peer);
    await peer.answered();
    return peer;
  }

  /** Whoever connects with exactly this hello. */
  async meet(hello: Partial<Hello & Introduced>): Promise<SimulatedWorker> {
    const peer = new SimulatedWorker(this.#port, hello);
    this.#peers.push(peer);
    await peer.answered();
    return peer;
  }

  /** A worker that runs a load. */
  async running(hello: Partial<Hello> = {}): Promise<[SimulatedWorker, ConnectedWorker]> {
    const peer = await this.connect(hello);
    const worker = this.workers.all.at(-1) as ConnectedWorker;
    worker.prepare(prepared, { bundle: { hash: "b", source: "", data: [] }, files: [] });
    peer.say({ type: "ready" });
    await this.until(() => worker.status === "ready");
    worker.start({ startAtMs: 0, iterationNumbers: { first: 0, step: 1 }, setup: {}, scenarios: [] });
    return [peer, worker];
  }

  /** Moves the clock as the master would see it: it looks at its workers four times a second. */
  advance(ms: number): void {
    for (let passedMs = 0; passedMs < ms; passedMs += lookEveryMs) {
      this.#nowMs += lookEveryMs;
      this.#watch.look();
    }
  }

  /** The master's process stands still. */
  freeze(ms: number): void {
    this.#nowMs += ms;
    this.#watch.look();
  }

  async until(condition: () => boolean): Promise<void> {
    await waitUntil("what the workers do", condition);
  }

  connecting(_worker: ConnectedWorker, elapsedMs: number | null): void {
    this.times.push(elapsedMs);
    this.journal.commit();
  }

  connected({ number }: ConnectedWorker): void {
    this.told.push(`connected ${number}`);
  }

  ready({ number }: ConnectedWorker): void {
    this.told.push(`ready ${number}`);
  }

  started({ number }: ConnectedWorker): void {
    this.told.push(`started ${number}`);
  }

  reported(worker: ConnectedWorker, report: Parameters<WorkerEvents<ConnectedWorker>["reported"]>[1]): boolean {
    const { number, state } = worker;
    const { takenSequence } = state;
    const reportedToMs = takenSequence === 0 ? null : this.collector.ledger.reportedToMs(number);
    if (!this.isTimeKnown) return false;
    this.#bounds.require(report, { atMs: this.#nowMs, reportedToMs, hasGap: report.sequence > takenSequence + 1 });
    this.collector.add({ number, takenSequence }, report, this.#nowMs);
    this.journal.touch(worker);
    return true;
  }

  repeated(): void {
    this.told.push("repeated");
  }

  lost({ number, state }: ConnectedWorker): void {
    this.told.push(`lost ${number}: ${state.lostBecause}`);
  }

  returned({ number }: ConnectedWorker, isRunning: boolean): void {
    this.told.push(`returned ${number}: ${isRunning ? "running" : "stopped"}`);
  }

  leaving({ number }: ConnectedWorker): void {
    this.told.push(`leaving ${number}`);
  }

  left({ number }: ConnectedWorker, reason: string): void {
    this.told.push(`left ${number}: ${reason}`);
  }

  slow({ number }: ConnectedWorker, blockedMs: number): void {
    this.told.push(`slow ${number}: ${blockedMs}`);
  }

  logged({ number }: ConnectedWorker): void {
    this.told.push(`logged ${number}`);
  }

  rowsArrived({ number }: ConnectedWorker, { batch }: { readonly batch: number }): void {
    this.told.push(`rows ${batch} of ${number}`);
  }

  requested({ number, identity }: ConnectedWorker, message: RequestMessage): void {
    this.requests.receive({ number, id: identity.id }, message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.workers.close();
    for (const peer of this.#peers) peer.socket.terminate();
    await this.#server.close();
  }
}

/** The other end: speaks the protocol as the test says. */
export class SimulatedWorker {
  readonly socket: WebSocket;
  readonly id: string;
  readonly heard: MasterMessage[] = [];
  /** How the master has closed the socket; null while it is open. */
  closed: { readonly code: number; readonly reason: string } | null = null;
  readonly #writer = new ByteWriter();

  constructor(port: number, { token: given = token, protocol, ...hello }: Partial<Hello & Introduced>) {
    this.id = hello.id ?? defaultId;
    const identity = { id: this.id, host: "h", pid: 7, version: "1" };
    const whole = { type: "hello", ...identity, session: null, ...hello };
    this.socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    introduce(this.socket, { token: given, ...(protocol === undefined ? {} : { protocol }) }, () => {
      this.socket.send(JSON.stringify(whole));
    });
    this.socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as MasterMessage;
      if (!isOfIntroduction(message)) this.heard.push(message);
    });
    this.socket.on("error", () => {});
    this.socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
  }

  /** What the master has given it; undefined if it was not welcomed. */
  get secret(): string | undefined {
    return this.heard.find((message) => message.type === "welcome")?.secret;
  }

  /** Why the master did not let it in; undefined if it did. */
  get refusal(): string | undefined {
    return this.heard.find((message) => message.type === "refused")?.reason;
  }

  /** Resolves when the master has welcomed or refused it. */
  async answered(): Promise<void> {
    await waitUntil("the master's answer", () => this.heard.length > 0);
  }

  say(message: WorkerMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  beat(blockedMs = 0): void {
    this.say({ type: "heartbeat", users: 1, blockedMs, wallMs: Date.now() });
  }

  /** Reports one request, in a second of its own. */
  report(sequence: number): void {
    const users = { peak: 1, byClass: new Map([["User", 1]]) };
    const recorder = record([request("/", 10, false)]);
    this.socket.send(encodeReport(this.#writer, sequence, { first: sequence - 1, count: 1 }, recorder, users).slice());
  }

  /** The numbers of the reports that were acknowledged. */
  get acknowledged(): number[] {
    return this.heard.flatMap((message) => (message.type === "ack" ? [message.sequence] : []));
  }

  async ends(): Promise<void> {
    if (this.socket.readyState !== WebSocket.CLOSED) await happens(this.socket, "close");
  }
}

/** What a worker says of a run that it is part of. */
export function sessionOf(part: Partial<WorkerSession> = {}): WorkerSession {
  return { runId: "r", state: "running", elapsedMs: 1_000, stopped: null, lifecycle: null, ...part };
}
