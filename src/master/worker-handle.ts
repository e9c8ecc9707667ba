import type { WebSocket } from "ws";
import { Channel } from "../protocol/channel.ts";
import type { MasterMessage, PrepareMessage, StartMessage } from "../protocol/master-messages.ts";
import { decodeReport } from "../protocol/report-frame.ts";
import type { ScenarioSpec } from "../protocol/scenario-spec.ts";
import {
  type Hello,
  type LifecycleDone,
  type Thrown,
  type WorkerMessage,
  workerMessage,
} from "../protocol/worker-messages.ts";
import type { IntervalReport } from "../stats/interval-report.ts";

/**
 *   joined -> loading -> ready -> running -> stopped -> gone
 *                    \-> failed (the test does not load)
 * and from any of them to lost.
 */
export type WorkerState = "joined" | "loading" | "ready" | "failed" | "running" | "stopped" | "lost" | "gone";

export interface WorkerHandleListener {
  /** Something about the worker is different: look again. */
  onChange(worker: WorkerHandle): void;
  /** It was told to go while the load went on, and has reported everything. */
  onLeft(worker: WorkerHandle): void;
  /** True when the report is merged and may be acknowledged. */
  onReport(worker: WorkerHandle, report: IntervalReport): boolean;
  /** Milliseconds on the master's clock. */
  nowMs(): number;
}

/** The master's side of one worker: verbs to tell it what to do, and what it said. */
export class WorkerHandle {
  readonly number: number;
  readonly hello: Hello;
  state: WorkerState = "joined";
  users = 0;
  requests = 0;
  startSkewMs: number | null = null;
  lastSequence: number | null = null;
  lastHeardMs: number;
  loadError: Thrown | null = null;
  lifecycle: LifecycleDone | null = null;
  lostBecause: string | null = null;
  readonly #channel: Channel<WorkerMessage, MasterMessage>;
  readonly #listener: WorkerHandleListener;
  #bundle: { readonly hash: string; readonly source: string } | null = null;

  constructor(number: number, hello: Hello, socket: WebSocket, listener: WorkerHandleListener) {
    this.number = number;
    this.hello = hello;
    this.#listener = listener;
    this.lastHeardMs = listener.nowMs();
    this.#channel = new Channel<WorkerMessage, MasterMessage>(socket, workerMessage, {
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => this.#receiveReport(frame),
      onClose: (reason) => this.#closed(reason),
    });
  }

  /** For people: "worker 2 (host-a, pid 4711)". */
  get description(): string {
    return `worker ${this.number} (${this.hello.host}, pid ${this.hello.pid})`;
  }

  /** In the run and able to work. */
  get isAlive(): boolean {
    return this.state !== "lost" && this.state !== "gone" && this.state !== "failed";
  }

  welcome(runId: string): void {
    this.#channel.send({ type: "welcome", worker: this.number, runId });
  }

  prepare(message: Omit<PrepareMessage, "type">, bundle: { readonly hash: string; readonly source: string }): void {
    this.#bundle = bundle;
    this.state = "loading";
    this.#channel.send({ type: "prepare", ...message });
  }

  runSetup(): void {
    this.lifecycle = null;
    this.#channel.send({ type: "run-setup" });
  }

  runTeardown(setup: Record<string, unknown>): void {
    this.lifecycle = null;
    this.#channel.send({ type: "run-teardown", setup });
  }

  start(message: Omit<StartMessage, "type">): void {
    this.state = "running";
    this.#channel.send({ type: "start", ...message });
  }

  update(scenarios: ScenarioSpec[]): void {
    if (this.state === "running") this.#channel.send({ type: "update", scenarios });
  }

  stop(stopTimeoutMs: number): void {
    if (this.state === "running") this.#channel.send({ type: "stop", stopTimeoutMs });
  }

  /** The run is over for this worker; its socket closes. */
  quit(code: number, reason: string): void {
    if (!this.isAlive && this.state !== "failed") return;
    this.state = "gone";
    this.#channel.send({ type: "quit" });
    this.#channel.close(code, reason);
  }

  /** Declares the worker lost, once. */
  lose(reason: string): void {
    if (this.state === "lost" || this.state === "gone") return;
    this.state = "lost";
    this.users = 0;
    this.lostBecause = reason;
    this.#channel.terminate();
    this.#listener.onChange(this);
  }

  /** A worker that has stopped and reported everything may go; any other is lost. */
  #closed(reason: string): void {
    if (this.state === "gone") return;
    if (this.state !== "stopped") {
      this.lose(reason);
      return;
    }
    this.state = "gone";
    this.#listener.onChange(this);
  }

  #receive(message: WorkerMessage): void {
    this.lastHeardMs = this.#listener.nowMs();
    switch (message.type) {
      case "clock-probe":
        this.#channel.send({ type: "clock-reply", probe: message.probe, masterMs: this.#listener.nowMs() });
        return;
      case "need-bundle":
        this.#sendBundle(message.hash);
        return;
      case "heartbeat":
        this.users = message.users;
        this.#channel.send({ type: "heartbeat" });
        return;
      case "ready":
        if (this.state === "loading") this.state = "ready";
        break;
      case "load-failed":
        this.loadError = message.error;
        this.state = "failed";
        break;
      case "lifecycle-done":
        this.lifecycle = message;
        break;
      case "started":
        this.startSkewMs = message.skewMs;
        break;
      case "stopped":
        this.lastSequence = message.lastSequence;
        this.users = 0;
        if (this.state === "running") this.state = "stopped";
        if (message.left) this.#listener.onLeft(this);
        break;
    }
    this.#listener.onChange(this);
  }

  #sendBundle(asked: string): void {
    if (this.#bundle?.hash !== asked) return;
    const { hash, source } = this.#bundle;
    this.#channel.send({ type: "bundle", hash, source });
  }

  #receiveReport(frame: Uint8Array): void {
    this.lastHeardMs = this.#listener.nowMs();
    const report = decodeReport(frame);
    if (this.#listener.onReport(this, report)) {
      for (const endpoint of report.endpoints) this.requests += endpoint.requests;
    }
    this.#channel.send({ type: "ack", sequence: report.sequence });
    this.#listener.onChange(this);
  }
}
