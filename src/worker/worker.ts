import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { ConfigurationError } from "../core/errors.ts";
import { Channel } from "../protocol/channel.ts";
import { type MasterMessage, masterMessage, type PrepareMessage } from "../protocol/master-messages.ts";
import type { Hello, Thrown, WorkerMessage } from "../protocol/worker-messages.ts";
import { hashOf } from "../scenario/bundle.ts";
import type { TestDefinition } from "../scenario/define.ts";
import { useEnvironment } from "../scenario/environment.ts";
import { loadBundle } from "../scenario/load-bundle.ts";
import { mapStack } from "../scenario/test-frames.ts";
import { MasterLostError } from "./connect.ts";
import { VirtualUserStopped } from "./http/failure.ts";
import { parseBase } from "./http/request.ts";
import { undiciEngine } from "./http/undici-engine.ts";
import { runLifecycle } from "./lifecycle.ts";
import { MasterClock } from "./master-clock.ts";
import { RunSession } from "./run-session.ts";

const heartbeatIntervalMs = 1_000;
/** The master answers every heartbeat; after this long without a word it is gone. */
const masterTimeoutMs = 10_000;
const clockProbes = 8;
/** How long the master may take to acknowledge the last reports. */
const flushTimeoutMs = 10_000;

export interface WorkerOptions {
  readonly socket: WebSocket;
  readonly hello: Hello;
  readonly log: Logger;
}

/** A worker for one run: answers the master until it says `quit`. */
export class Worker {
  readonly #channel: Channel<MasterMessage, WorkerMessage | Hello>;
  readonly #log: Logger;
  readonly #clock = new MasterClock();
  readonly #ended = Promise.withResolvers<void>();
  readonly #heartbeat: NodeJS.Timeout;
  #runId = "";
  #prepared: PrepareMessage | null = null;
  #test: TestDefinition | null = null;
  #session: RunSession | null = null;
  #quitting = false;
  #hasLeft = false;
  #probeSentMs = 0;
  #probesLeft = clockProbes;
  #lastHeardMs = performance.now();

  constructor(options: WorkerOptions) {
    this.#log = options.log;
    this.#channel = new Channel<MasterMessage, WorkerMessage | Hello>(options.socket, masterMessage, {
      onMessage: (message) => this.#receive(message),
      onFrame: () => this.#channel.terminate(),
      onClose: (reason) => this.#closed(reason),
    });
    this.#channel.send(options.hello);
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatIntervalMs);
  }

  /**
   * Resolves when the run is over for this worker.
   * @throws ConfigurationError when the master refuses it; MasterLostError when the socket is lost.
   */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Something in the test threw where nobody waited for it: recorded, and the run goes on. */
  strayError(error: unknown): void {
    if (error instanceof VirtualUserStopped) return;
    if (this.#session !== null) this.#session.strayError(error);
    else this.#log.error({ err: error }, "the test threw where nobody waited for it");
  }

  /** Leaves the run: users stop, the last reports are sent. */
  leave(stopTimeoutMs: number): void {
    this.#quitting = true;
    if (this.#session === null || this.#session.isStopped) {
      this.#end();
      return;
    }
    this.#hasLeft = true;
    this.#session.stop(stopTimeoutMs);
  }

  #beat(): void {
    if (performance.now() - this.#lastHeardMs > masterTimeoutMs) this.#channel.terminate();
    this.#channel.send({ type: "heartbeat", users: this.#session?.userCount ?? 0 });
  }

  #receive(message: MasterMessage): void {
    this.#lastHeardMs = performance.now();
    switch (message.type) {
      case "welcome":
        this.#runId = message.runId;
        this.#log.info({ worker: message.worker, run: message.runId }, "joined the run");
        this.#probeClock(0);
        return;
      case "refused":
        this.#fail(new ConfigurationError(`the master refused this worker: ${message.message}`));
        return;
      case "clock-reply":
        this.#clock.observe(this.#probeSentMs, message.masterMs, performance.now());
        this.#probesLeft--;
        if (this.#probesLeft > 0) this.#probeClock(message.probe + 1);
        else this.#sayReady();
        return;
      case "prepare":
        this.#prepared = message;
        useEnvironment(message.environment);
        this.#channel.send({ type: "need-bundle", hash: message.bundleHash });
        return;
      case "bundle":
        void this.#load(message.source);
        return;
      case "run-setup":
        void this.#lifecycle("setup", {});
        return;
      case "run-teardown":
        void this.#lifecycle("teardown", message.setup);
        return;
      case "start":
        this.#start(message);
        return;
      case "update":
        this.#session?.update(message.scenarios);
        return;
      case "ack":
        this.#session?.acknowledged(message.sequence);
        return;
      case "stop":
        this.#session?.stop(message.stopTimeoutMs);
        return;
      case "heartbeat":
        return;
      case "quit":
        this.#quitting = true;
        this.#end();
        return;
    }
  }

  /** Once the test is loaded and the clock is known. */
  #sayReady(): void {
    if (this.#test !== null && this.#probesLeft === 0) this.#channel.send({ type: "ready" });
  }

  #probeClock(probe: number): void {
    this.#probeSentMs = performance.now();
    this.#channel.send({ type: "clock-probe", probe });
  }

  async #load(source: string): Promise<void> {
    const hash = this.#prepared?.bundleHash ?? "";
    try {
      if (hashOf(source) !== hash) throw new ConfigurationError("the test arrived damaged: its hash does not match");
      this.#test = await loadBundle({ hash, source });
      this.#sayReady();
    } catch (error) {
      this.#channel.send({ type: "load-failed", error: asThrown(error) });
    }
  }

  async #lifecycle(phase: "setup" | "teardown", setup: Readonly<Record<string, unknown>>): Promise<void> {
    const prepared = this.#prepared;
    if (prepared === null || this.#test === null) return;
    const done = await runLifecycle({
      phase,
      code: this.#test[phase]?.bind(this.#test),
      profile: prepared.profile,
      runId: this.#runId,
      setup,
      engine: undiciEngine,
      base: parseBase(prepared.host),
    });
    this.#channel.send(done);
  }

  #start(start: Extract<MasterMessage, { type: "start" }>): void {
    const prepared = this.#prepared;
    if (prepared === null || this.#test === null || this.#session !== null) return;
    this.#session = new RunSession({
      test: this.#test,
      prepared,
      start,
      clock: this.#clock,
      engine: undiciEngine,
      sendFrame: (frame) => this.#channel.sendFrame(frame),
      onStarted: (skewMs) => this.#channel.send({ type: "started", skewMs }),
      onStopped: (lastSequence) => void this.#stopped(lastSequence),
    });
  }

  async #stopped(lastSequence: number): Promise<void> {
    this.#channel.send({ type: "stopped", lastSequence, left: this.#hasLeft });
    // Without a master there is nobody to wait for.
    const flushed = this.#channel.isOpen ? await this.#session?.flushed(flushTimeoutMs) : true;
    if (flushed === false) this.#log.warn("the master did not acknowledge the last reports");
    if (this.#quitting) this.#end();
  }

  #closed(reason: string): void {
    this.#session?.disconnected();
    if (this.#quitting) this.#end();
    else this.#fail(new MasterLostError(`lost the master: ${reason}`));
  }

  #fail(error: Error): void {
    this.#session?.stop(0);
    this.#ended.reject(error);
    this.#end();
  }

  #end(): void {
    clearInterval(this.#heartbeat);
    this.#ended.resolve();
    this.#channel.close(1000, "done");
  }
}

function asThrown(error: unknown): Thrown {
  if (error instanceof Error) return { message: error.message, stack: mapStack(error.stack ?? "") };
  return { message: String(error), stack: "" };
}
