import { createHash } from "node:crypto";
import { ConfigurationError } from "../core/errors.ts";
import { dataPieceBytes, dataPiecesAhead, decodeDataPiece } from "../protocol/data-frame.ts";
import { type DataPart, megabytes } from "../scenario/bundle/data-part.ts";

/** A file that a worker can request. */
export interface AnnouncedPart {
  readonly hash: string;
  readonly bytes: number;
}

/** Receives files of a test from the master, piece by piece; a transfer continues over a new socket. */
export class ArrivingData {
  readonly parts: readonly DataPart[];
  readonly #pieces: { readonly part: DataPart; readonly offset: number }[] = [];
  readonly #ask: (hash: string, offset: number) => void;
  #asked = 0;
  #here = 0;

  constructor(announced: readonly AnnouncedPart[], ask: (hash: string, offset: number) => void) {
    this.#ask = ask;
    this.parts = announced.map(({ hash, bytes }) => ({ hash, bytes: new Uint8Array(bytes) }));
    for (const part of this.parts) {
      for (let offset = 0; offset < part.bytes.length; offset += dataPieceBytes) this.#pieces.push({ part, offset });
    }
  }

  get isComplete(): boolean {
    return this.#here === this.#pieces.length;
  }

  /** Requests the missing pieces: at first, and again over a new socket. */
  begin(): void {
    this.#asked = this.#here;
    this.#askAhead();
  }

  /** Stores the next piece. Any other piece is a duplicate that was requested over an earlier socket, and is ignored. */
  take(frame: Uint8Array): void {
    const { hash, offset, bytes } = decodeDataPiece(frame);
    const next = this.#pieces[this.#here];
    if (next === undefined || next.part.hash !== hash || next.offset !== offset) return;
    if (bytes.length !== Math.min(dataPieceBytes, next.part.bytes.length - offset)) return;
    next.part.bytes.set(bytes, offset);
    this.#here++;
    this.#askAhead();
  }

  /** @throws ConfigurationError if the received bytes do not have the announced hash */
  verify(): void {
    const isWhole = ({ hash, bytes }: DataPart) => createHash("sha256").update(bytes).digest("hex") === hash;
    if (this.parts.every(isWhole)) return;
    throw new ConfigurationError(
      "the data of the test arrived damaged: its hash does not match; a file may have been changed or removed on the master",
    );
  }

  #askAhead(): void {
    while (this.#asked < this.#pieces.length && this.#asked - this.#here < dataPiecesAhead) {
      const piece = this.#pieces[this.#asked++];
      if (piece !== undefined) this.#ask(piece.part.hash, piece.offset);
    }
  }
}

/** @throws ConfigurationError if the parts together have more than `mostBytes` */
export function requireAcceptable(what: string, parts: readonly AnnouncedPart[], mostBytes: number): void {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= mostBytes) return;
  throw new ConfigurationError(
    `the test ${what} ${megabytes(total)} of data; this worker takes ${megabytes(mostBytes)}`,
  );
}
