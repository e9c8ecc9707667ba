import { dataPieceBytes, encodeDataPiece, encodePiece } from "../../protocol/data-frame.ts";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import type { LoadableBundle } from "../../scenario/bundle/load-bundle.ts";
import { type LocatedFile, readPiece } from "../../scenario/files/test-files.ts";

/** The socket that the parts of the test are sent through. */
interface DeliverySocket {
  send(message: Extract<MasterMessage, { type: "bundle" }>): void;
  sendFrame(frame: Uint8Array): void;
}

/** What a worker needs to run a test. */
export interface DeliveredTest {
  readonly bundle: LoadableBundle;
  /** The files that the test sends. */
  readonly files: readonly LocatedFile[];
}

/** A data file that the test imports, or a file that it sends. */
interface Part {
  readonly hash: string;
  readonly size: number;
  /** Returns the frame with the piece at `offset`. */
  frame(offset: number): Uint8Array;
}

/**
 * Sends a worker the test, piece by piece as the worker requests it: the code, the data that the test imports, and the
 * files that it sends. Files are read from the disk for each piece, so they take no memory here.
 */
export class TestDelivery {
  readonly #socket: DeliverySocket;
  readonly #nowMs: () => number;
  #test: DeliveredTest | null = null;
  #parts: readonly Part[] = [];
  #givenBytes = -1;
  #givenAtMs = Number.NEGATIVE_INFINITY;

  constructor(socket: DeliverySocket, nowMs: () => number) {
    this.#socket = socket;
    this.#nowMs = nowMs;
  }

  /** The approximate length of the message with the code of the test, in bytes. */
  get codeBytes(): number {
    return 2 * (this.#test?.bundle.source.length ?? 0);
  }

  /** When the worker was last sent a part that it did not have, on the master's clock. */
  get givenAtMs(): number {
    return this.#givenAtMs;
  }

  /** Makes the test available. From now on, the worker may request it. */
  offer(test: DeliveredTest): void {
    this.#test = test;
    this.#parts = [...test.bundle.data.map(partOfData), ...test.files.map(partOfFile)];
    this.#givenAtMs = this.#nowMs();
  }

  sendCode(asked: string): void {
    if (this.#test?.bundle.hash !== asked) return;
    const { bundle, files } = this.#test;
    this.#socket.send({
      type: "bundle",
      hash: bundle.hash,
      source: bundle.source,
      data: bundle.data.map(({ hash, bytes }) => ({ hash, bytes: bytes.length })),
      files: files.map(({ path, sha256, size }) => ({ path, hash: sha256, bytes: size })),
    });
  }

  sendData(asked: string, offset: number): void {
    const position = this.#parts.findIndex(({ hash }) => hash === asked);
    const part = this.#parts[position];
    if (part === undefined || offset >= part.size) return;
    this.#socket.sendFrame(part.frame(offset));
    // Pieces are requested in order. After a reconnect, some are sent again.
    const given = this.#parts.slice(0, position).reduce((sum, { size }) => sum + size, offset);
    if (given <= this.#givenBytes) return;
    this.#givenBytes = given;
    this.#givenAtMs = this.#nowMs();
  }
}

function partOfData({ hash, bytes }: LoadableBundle["data"][number]): Part {
  return { hash, size: bytes.length, frame: (offset) => encodeDataPiece(hash, offset, bytes) };
}

function partOfFile(file: LocatedFile): Part {
  const { sha256: hash, size } = file;
  return { hash, size, frame: (offset) => encodePiece(hash, offset, readPiece(file, offset, dataPieceBytes)) };
}
