import type { WebSocket } from "ws";
import { Channel, type RefusedSide } from "../../protocol/channel.ts";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import { type WorkerMessage, workerMessage } from "../../protocol/worker-messages.ts";
import { TestDelivery } from "./test-delivery.ts";

/**
 * While so much waits for a worker to read it, its requests for parts of the test and for the time are not answered. A worker
 * requests a few pieces of data ahead, less than 2 MB in total.
 */
const mostUnsentBytes = 16 * 1024 * 1024;
/** Beside the code of the test. The responses to all requests of a worker may come at once, and have this length together. */
const mostUnreadBytes = 64 * 1024 * 1024;

/** A message that the socket does not handle itself. */
export type StateMessage = Exclude<WorkerMessage, { type: "clock-probe" | "need-bundle" | "need-data" }>;

export interface WorkerSocketListener {
  onMessage(message: StateMessage): void;
  onFrame(frame: Uint8Array): void;
  /** The socket has closed and was not replaced by another. */
  onDown(reason: string): void;
  /** One side could not read a message of the other. */
  onRefused(side: RefusedSide, reason: string): void;
}

/**
 * The connection to one worker, over one socket after another. It answers the messages that do not depend on the run:
 * clock probes, heartbeats, and requests for parts of the test.
 */
export class WorkerSocket {
  /** When the last message of the worker arrived, on the master's clock. */
  lastHeardMs: number;
  /** Why the last socket closed; null while a socket is open, or before the first. */
  downBecause: string | null = null;
  /** Whether the worker has sent anything since a welcome. */
  hasSpoken = false;
  readonly delivery: TestDelivery;
  #channel: Channel<WorkerMessage, MasterMessage> | null = null;
  #droppedBecause: string | null = null;
  readonly #listener: WorkerSocketListener;
  readonly #nowMs: () => number;

  constructor(listener: WorkerSocketListener, nowMs: () => number) {
    this.#listener = listener;
    this.#nowMs = nowMs;
    this.lastHeardMs = nowMs();
    this.delivery = new TestDelivery(this, nowMs);
  }

  get isUp(): boolean {
    return this.#channel !== null;
  }

  /** Takes a socket, and ends the previous one if it is still open. */
  take(socket: WebSocket): void {
    const before = this.#channel;
    const channel = new Channel<WorkerMessage, MasterMessage>(socket, workerMessage, {
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => {
        this.#heard();
        this.#listener.onFrame(frame);
      },
      onClose: (reason, refused) => {
        if (refused !== null) this.#listener.onRefused(refused, reason);
        if (this.#channel === channel) this.#down(this.#droppedBecause ?? reason);
      },
    });
    this.#channel = channel;
    this.#droppedBecause = null;
    this.downBecause = null;
    before?.terminate();
    this.lastHeardMs = this.#nowMs();
  }

  /**
   * Sends a message; does nothing while there is no socket. If the worker does not read its messages, the socket is
   * closed, and the worker may reconnect.
   */
  send(message: MasterMessage): void {
    const channel = this.#channel;
    if (channel === null) return;
    if (channel.unsentBytes > mostUnreadBytes + this.delivery.codeBytes) {
      this.#droppedBecause = "it does not read its messages";
      channel.terminate();
    } else channel.send(message);
  }

  /**
   * Sends a frame; does nothing while there is no socket, or too much is unsent: the worker requests more without
   * reading.
   */
  sendFrame(frame: Uint8Array): void {
    if (this.#reads) this.#channel?.sendFrame(frame);
  }

  get #reads(): boolean {
    return (this.#channel?.unsentBytes ?? 0) <= mostUnsentBytes;
  }

  /** Ends the socket without a close message. */
  drop(): void {
    this.#channel?.terminate();
  }

  close(code: number, reason: string): void {
    this.#channel?.close(code, reason);
  }

  /** Closes the socket so that the worker reconnects. Messages that still arrive through it are ignored. */
  restart(code: number, reason: string): void {
    this.#channel?.end(code, reason);
  }

  #heard(): void {
    this.lastHeardMs = this.#nowMs();
    this.hasSpoken = true;
  }

  #receive(message: WorkerMessage): void {
    this.#heard();
    switch (message.type) {
      case "clock-probe":
        if (this.#reads) this.send({ type: "clock-reply", probe: message.probe, masterMs: this.#nowMs() });
        break;
      case "need-bundle":
        if (this.#reads) this.delivery.sendCode(message.hash);
        break;
      case "need-data":
        this.delivery.sendData(message.hash, message.offset);
        break;
      case "heartbeat":
        if (this.#reads) this.send({ type: "heartbeat" });
        this.#listener.onMessage(message);
        break;
      default:
        this.#listener.onMessage(message);
    }
  }

  #down(reason: string): void {
    this.#channel = null;
    this.downBecause = reason;
    this.#listener.onDown(reason);
  }
}
