import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { WorkerIntroduction } from "../../../src/master/workers/worker-introduction.ts";
import { Channel } from "../../../src/protocol/channel.ts";
import type { MasterMessage, WelcomeMessage } from "../../../src/protocol/master-messages.ts";
import { closeCodes } from "../../../src/protocol/version.ts";
import { type Hello, type WorkerMessage, workerMessage } from "../../../src/protocol/worker-messages.ts";
import { unusedPort } from "../../support/unused-port.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { eventually } from "../http/fixture.ts";

/** What a `TestLink` knows too. */
export const token = "t";

/** How a master behaves; a test changes it as it goes. */
export interface Manners {
  /** The port of a master before it, to come back in its place. */
  readonly port?: number;
  readonly runId?: string;
  /** The largest message that it takes. */
  readonly maxPayload?: number;
  /** The master's clock: another than ours. */
  readonly nowMs?: () => number;
  answersHello?: boolean;
  answersHeartbeats?: boolean;
  answersProbes?: boolean;
  acknowledges?: boolean;
  /** What it has committed already. */
  lastSequence?: number;
  startAtMs?: number | null;
}

/** What one worker said over one socket; the test answers what is not answered by itself. */
export class Visit {
  readonly hello: Hello;
  readonly messages: WorkerMessage[] = [];
  readonly frames: Uint8Array[] = [];
  /** When each heartbeat came, and what it said. */
  readonly heartbeats: { readonly atMs: number; readonly users: number; readonly blockedMs: number }[] = [];
  closedBecause: string | null = null;
  readonly #socket: WebSocket;
  readonly #channel: Channel<WorkerMessage, MasterMessage>;
  readonly #master: ScriptedMaster;

  constructor(master: ScriptedMaster, socket: WebSocket, hello: Hello) {
    this.hello = hello;
    this.#master = master;
    this.#socket = socket;
    this.#channel = new Channel<WorkerMessage, MasterMessage>(socket, workerMessage, {
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => this.#receiveFrame(frame),
      onClose: (reason) => {
        this.closedBecause = reason;
      },
    });
  }

  get types(): string[] {
    return this.messages.map(({ type }) => type);
  }

  send(message: MasterMessage): void {
    this.#channel.send(message);
  }

  sendFrame(frame: Uint8Array): void {
    this.#channel.sendFrame(frame);
  }

  welcome(): void {
    const { runId, lastSequence, startAtMs } = this.#master.manners;
    const message: WelcomeMessage = {
      type: "welcome",
      worker: 1,
      secret: "the secret of worker 1",
      runId: runId ?? "r1",
      lastSequence: lastSequence ?? 0,
      startAtMs: startAtMs ?? null,
      stays: false,
    };
    this.send(message);
  }

  /** The master takes what it said for nonsense. */
  refuse(reason: string): void {
    this.#channel.close(closeCodes.badMessage, reason);
  }

  /** Says what is no message. */
  sayNonsense(): void {
    this.#socket.send("{");
  }

  /** The socket is gone, without a goodbye. */
  cut(): void {
    this.#socket.terminate();
  }

  /** The network is gone: nothing more arrives here, and nothing there. */
  partition(): void {
    this.#socket.pause();
  }

  said<Type extends WorkerMessage["type"]>(type: Type): Extract<WorkerMessage, { type: Type }> | undefined {
    return this.messages.find((message) => message.type === type) as Extract<WorkerMessage, { type: Type }> | undefined;
  }

  #receive(message: WorkerMessage): void {
    const { manners } = this.#master;
    if (message.type === "clock-probe") {
      if (manners.answersProbes ?? true) this.answerProbe(message.probe);
    } else if (message.type === "heartbeat") {
      this.heartbeats.push({ ...message, atMs: performance.now() });
      if (manners.answersHeartbeats ?? true) this.send({ type: "heartbeat" });
      return;
    }
    this.messages.push(message);
  }

  answerProbe(probe: number): void {
    this.send({ type: "clock-reply", probe, masterMs: this.#master.nowMs() });
  }

  #receiveFrame(frame: Uint8Array): void {
    const { manners } = this.#master;
    this.frames.push(frame);
    const sequence = this.#master.committed(frame);
    if (manners.acknowledges ?? true) this.send({ type: "ack", sequence });
  }
}

/** A master that does what its test says: a real socket server that speaks the protocol. */
export class ScriptedMaster implements AsyncDisposable {
  readonly visits: Visit[] = [];
  /** The reports that it has committed. */
  readonly committedFrames: Uint8Array[] = [];
  readonly manners: Manners;
  readonly port: number;
  /** The number of a report, by how the test writes it. */
  sequenceOf: (frame: Uint8Array) => number = (frame) => frame[0] ?? 0;
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, manners: Manners) {
    this.#server = server;
    this.manners = manners;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => {
      socket.on("error", () => {
        // "close" follows.
      });
      new WorkerIntroduction(socket, token, {
        onProven: () => {},
        onHello: (hello) => this.#greet(socket, hello),
        onRefused: () => socket.terminate(),
      });
    });
  }

  static async listen(manners: Manners = {}): Promise<ScriptedMaster> {
    // Another master may be to come back to it.
    const { port = await unusedPort(), maxPayload = 2 ** 26 } = manners;
    const server = new WebSocketServer({ host: "127.0.0.1", port, maxPayload, perMessageDeflate: false });
    await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
    return new ScriptedMaster(server, manners);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  nowMs(): number {
    return (this.manners.nowMs ?? (() => performance.now()))();
  }

  /** The visit number `count` (from 1), as soon as its hello is here. */
  async visit(count: number): Promise<Visit> {
    await eventually(() => this.visits.length >= count, `visit ${count}`);
    return this.visits[count - 1] as Visit;
  }

  /** Commits a report when it is the next; returns the number of the last that is. */
  committed(frame: Uint8Array): number {
    const sequence = this.sequenceOf(frame);
    if (sequence === (this.manners.lastSequence ?? 0) + 1) {
      this.manners.lastSequence = sequence;
      this.committedFrames.push(frame);
    }
    return this.manners.lastSequence ?? 0;
  }

  /** Dies: every socket is gone, and nobody listens. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #greet(socket: WebSocket, hello: Hello): void {
    const visit = new Visit(this, socket, hello);
    this.visits.push(visit);
    if (this.manners.answersHello ?? true) visit.welcome();
  }
}
