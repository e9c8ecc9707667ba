import { encodeDataPiece } from "../../protocol/data-frame.ts";
import type { LoadableBundle } from "../../scenario/bundle/load-bundle.ts";
import type { WorkerSocket } from "./worker-socket.ts";

/** Gives a worker the test: its code, and what that imports as data, piece by piece as the worker asks. */
export class TestDelivery {
  readonly #socket: WorkerSocket;
  readonly #nowMs: () => number;
  #bundle: LoadableBundle | null = null;
  #givenBytes = -1;
  #givenAtMs = Number.NEGATIVE_INFINITY;

  constructor(socket: WorkerSocket, nowMs: () => number) {
    this.#socket = socket;
    this.#nowMs = nowMs;
  }

  /** When the worker was last given what it had not had before. */
  get givenAtMs(): number {
    return this.#givenAtMs;
  }

  /** From now on it may ask. */
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
    // They are asked for in their order; what is sent again after a lost socket is nothing new.
    const given = parts.slice(0, position).reduce((sum, { bytes }) => sum + bytes.length, offset);
    if (given <= this.#givenBytes) return;
    this.#givenBytes = given;
    this.#givenAtMs = this.#nowMs();
  }
}
