import type { WebSocket } from "ws";
import { Channel, type RefusedSide } from "../../protocol/channel.ts";
import { type MasterMessage, masterMessage, type WelcomeMessage } from "../../protocol/master-messages.ts";
import type { Hello, WorkerMessage } from "../../protocol/worker-messages.ts";
import { monotonicMs } from "../time/monotonic.ts";
import { ClockSync } from "./clock-sync.ts";
import type { MasterWord, WorkerWord } from "./link-messages.ts";
import { Silence } from "./silence.ts";

const heartbeatEveryMs = 1_000;
/** The master answers every heartbeat: after this time without a message, in ms, the socket is considered dead. */
const silenceLimitMs = 5_000;

type Refusal = Extract<MasterMessage, { type: "refused" }>;

/** Why the socket ended, and whether one side refused a message. */
export interface MasterSocketEnd {
  readonly reason: string;
  readonly refused: RefusedSide | null;
}

export interface MasterSocketListener {
  /** Called for every message of the master. */
  onHeard(): void;
  onWelcome(message: WelcomeMessage): void;
  onRefused(message: Refusal): void;
  onAcknowledged(sequence: number): void;
  /** The start of the run on this worker's clock: called before `start`, and again when it is known more exactly. */
  onTimeline(startedAtMs: number): void;
  onMessage(message: MasterWord): void;
  /** A piece of a data file of the test. The bytes are valid during the call only. */
  onData(frame: Uint8Array): void;
  /** Returns the values of the next heartbeat. */
  vitals(): { readonly users: number; readonly blockedMs: number };
}

/**
 * One socket to the master, from the hello to its end: sends heartbeats, detects a dead socket, and synchronizes with the
 * master's clock.
 */
export class MasterSocket {
  readonly #listener: MasterSocketListener;
  readonly #channel: Channel<MasterMessage, WorkerMessage | Hello>;
  readonly #closed = Promise.withResolvers<MasterSocketEnd>();
  readonly #silence = new Silence(monotonicMs());
  readonly #clock: ClockSync;
  readonly #heartbeat: NodeJS.Timeout;
  #welcomedAtMs: number | null = null;
  #acceptedAtMs: number | null = null;
  #offsetMs: number | null = null;
  /** The start of the run on the master's clock. A restarted master has another clock. */
  #startAtMs: number | null = null;
  /** Whether the worker's `ready` waits until the clock is known. */
  #isReadyUnsaid = false;
  /** Messages of the master that wait until the clock is known. */
  readonly #early: MasterWord[] = [];
  #deadBecause: string | null = null;

  constructor(socket: WebSocket, hello: Hello, listener: MasterSocketListener) {
    this.#listener = listener;
    this.#channel = new Channel<MasterMessage, WorkerMessage | Hello>(socket, masterMessage, {
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => {
        this.#heard();
        listener.onData(frame);
      },
      onClose: (reason, refused) => this.#end({ reason: this.#deadBecause ?? reason, refused }),
    });
    this.#clock = new ClockSync({
      ask: (probe) => this.#channel.send({ type: "clock-probe", probe }),
      onKnown: (offsetMs) => this.#clockKnown(offsetMs),
    });
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatEveryMs);
    this.#channel.send(hello);
  }

  /** Resolves when the socket has closed. */
  get closed(): Promise<MasterSocketEnd> {
    return this.#closed.promise;
  }

  /** The time at which the master welcomed the worker; null before. */
  get welcomedAtMs(): number | null {
    return this.#welcomedAtMs;
  }

  /** The time at which the master welcomed the worker or told it to wait; null before. */
  get acceptedAtMs(): number | null {
    return this.#acceptedAtMs;
  }

  /** Sends a message. Call it only after the welcome. */
  say(message: WorkerWord): void {
    if (message.type === "ready" && this.#offsetMs === null) this.#isReadyUnsaid = true;
    else this.#channel.send(message);
  }

  sendFrame(frame: Uint8Array): void {
    this.#channel.sendFrame(frame);
  }

  /** Detects silence, and closes a socket that is dead. Call it about every 100 ms. */
  pass(nowMs: number): void {
    this.#silence.pass(nowMs);
    if (this.#silence.silentMs < silenceLimitMs || this.#deadBecause !== null) return;
    this.#deadBecause = `it sent nothing for ${silenceLimitMs / 1_000} s`;
    this.#channel.terminate();
  }

  close(): void {
    this.#channel.close(1000, "done");
  }

  #receive(message: MasterMessage): void {
    this.#heard();
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        return;
      case "wait":
        this.#acceptedAtMs ??= monotonicMs();
        this.#pass(message);
        return;
      case "refused":
        this.#listener.onRefused(message);
        return;
      case "clock-reply":
        this.#clock.answered(message.probe, message.masterMs);
        return;
      case "ack":
        this.#listener.onAcknowledged(message.sequence);
        return;
      case "heartbeat":
        return;
      default:
        if (this.#offsetMs === null && needsClock(message)) this.#early.push(message);
        else this.#pass(message);
    }
  }

  #heard(): void {
    this.#silence.broken();
    this.#listener.onHeard();
  }

  #welcome(message: WelcomeMessage): void {
    if (this.#welcomedAtMs !== null) return;
    this.#welcomedAtMs = monotonicMs();
    this.#acceptedAtMs ??= this.#welcomedAtMs;
    this.#startAtMs = message.startAtMs;
    this.#listener.onWelcome(message);
    this.#clock.begin();
  }

  #clockKnown(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#tellTimeline();
    if (this.#isReadyUnsaid) this.#channel.send({ type: "ready" });
    this.#isReadyUnsaid = false;
    for (const message of this.#early.splice(0)) this.#pass(message);
  }

  #pass(message: MasterWord): void {
    if (message.type === "start") {
      this.#startAtMs = message.startAtMs;
      this.#tellTimeline();
    }
    this.#listener.onMessage(message);
  }

  #tellTimeline(): void {
    if (this.#startAtMs !== null && this.#offsetMs !== null) {
      this.#listener.onTimeline(this.#startAtMs - this.#offsetMs);
    }
  }

  #beat(): void {
    if (this.#welcomedAtMs !== null) {
      this.#channel.send({ type: "heartbeat", ...this.#listener.vitals(), wallMs: Date.now() });
    }
  }

  #end(end: MasterSocketEnd): void {
    clearInterval(this.#heartbeat);
    this.#clock.end();
    this.#closed.resolve(end);
  }
}

/** Messages that depend on the clock: they contain times of the run, and their order matters. */
function needsClock({ type }: MasterWord): boolean {
  return type === "start" || type === "update" || type === "stop" || type === "leave";
}
