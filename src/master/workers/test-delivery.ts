import { encodeDataPiece } from "../../protocol/data-frame.ts";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import type { LoadableBundle } from "../../scenario/bundle/load-bundle.ts";

/** The socket that the parts of the test are sent through. */
interface DeliverySocket {
  send(message: Extract<MasterMessage, { type: "bundle" }>): void;
  sendFrame(frame: Uint8Array): void;
}

/** Sends a worker the test: its code, and the data that it imports, piece by piece as the worker requests them. */
export class TestDelivery {
  readonly #socket: DeliverySocket;
  readonly #nowMs: () => number;
  #bundle: LoadableBundle | null = null;
  #givenBytes = -1;
  #givenAtMs = Number.NEGATIVE_INFINITY;

  constructor(socket: DeliverySocket, nowMs: () => number) {
    this.#socket = socket;
    this.#nowMs = nowMs;
  }

  /** When the worker was last sent a part that it did not have. */
  get givenAtMs(): number {
    return this.#givenAtMs;
  }

  /** Makes the test available: from now on, the worker may request it. */
  offer(bundle: LoadableBundle): void {
    this.#bundle = bundle;
    this.#givenAtMs = this.#nowMs();
  }

  sendCode(asked: string): void {
    if (this.#bundle?.hash !== asked) return;
    const { hash, source, data } = this.#bundle;
    const announced = data.map((part) => ({ hash: part.hash, bytes: part.bytes.length }));
    this.#socket.send({ type: "bundle", hash, source, data: announced });
  }

  sendData(asked: string, offset: number): void {
    const parts = this.#bundle?.data ?? [];
    const position = parts.findIndex(({ hash }) => hash === asked);
    const part = parts[position];
    if (part === undefined || offset >= part.bytes.length) return;
    this.#socket.sendFrame(encodeDataPiece(asked, offset, part.bytes));
    // Pieces are requested in order; after a reconnect, some are sent again.
    const given = parts.slice(0, position).reduce((sum, { bytes }) => sum + bytes.length, offset);
    if (given <= this.#givenBytes) return;
    this.#givenBytes = given;
    this.#givenAtMs = this.#nowMs();
  }
}
