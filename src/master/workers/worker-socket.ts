import type { WebSocket } from "ws";
import { Channel, type RefusedSide } from "../../protocol/channel.ts";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import { type WorkerMessage, workerMessage } from "../../protocol/worker-messages.ts";

/** Workers ask for a few pieces of data ahead, of less than 2 MB in all. */
const mostUnsentBytes = 16 * 1024 * 1024;

export interface WorkerSocketListener {
  onMessage(message: WorkerMessage): void;
  onFrame(frame: Uint8Array): void;
  /** The socket has closed and no other has taken its place. */
  onDown(reason: string): void;
  /** A message could not be taken: one of the worker's, or one of the master's. */
  onRefused(side: RefusedSide, reason: string): void;
  /** Milliseconds on the master's clock. */
  nowMs(): number;
}

/** The way to one worker: a socket, and another one after that was lost. */
export class WorkerSocket {
  /** On the master's clock. */
  lastHeardMs: number;
  /** Why the last socket closed; null while there is one, or before the first. */
  downBecause: string | null = null;
  #channel: Channel<WorkerMessage, MasterMessage> | null = null;
  readonly #listener: WorkerSocketListener;

  constructor(listener: WorkerSocketListener) {
    this.#listener = listener;
    this.lastHeardMs = listener.nowMs();
  }

  get isUp(): boolean {
    return this.#channel !== null;
  }

  /** Takes a socket; the one before, if it is still there, ends. */
  take(socket: WebSocket): void {
    const before = this.#channel;
    const channel = new Channel<WorkerMessage, MasterMessage>(socket, workerMessage, {
      onMessage: (message) => {
        this.#heard();
        this.#listener.onMessage(message);
      },
      onFrame: (frame) => {
        this.#heard();
        this.#listener.onFrame(frame);
      },
      onClose: (reason, refused) => {
        if (refused !== null) this.#listener.onRefused(refused, reason);
        if (this.#channel === channel) this.#down(reason);
      },
    });
    this.#channel = channel;
    this.downBecause = null;
    before?.terminate();
    this.#heard();
  }

  /** Nothing happens while there is no socket. */
  send(message: MasterMessage): void {
    this.#channel?.send(message);
  }

  /** Nothing happens either while as much as that is on its way: whoever asks for more takes nothing off. */
  sendFrame(frame: Uint8Array): void {
    if ((this.#channel?.unsentBytes ?? 0) <= mostUnsentBytes) this.#channel?.sendFrame(frame);
  }

  close(code: number, reason: string): void {
    this.#channel?.close(code, reason);
  }

  #heard(): void {
    this.lastHeardMs = this.#listener.nowMs();
  }

  #down(reason: string): void {
    this.#channel = null;
    this.downBecause = reason;
    this.#listener.onDown(reason);
  }
}
