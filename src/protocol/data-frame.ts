import { ProtocolError } from "./channel.ts";

/*
 * A binary frame from the master: a piece of an imported file that belongs to the test.
 *
 *   SHA-256 of the file (32 bytes), offset (48 bits, big-endian), the bytes from there
 *
 * Workers ask for each piece, a few ahead: so what is on its way is bounded, and heartbeats are answered in between.
 */
const hashBytes = 32;
const offsetBytes = 6;
const headerBytes = hashBytes + offsetBytes;

/** A piece is so long, but for the last of a file. On a slow line one has to come within the worker's patience of 5 s. */
export const dataPieceBytes = 128 * 1024;
/** Pieces that a worker has asked for and not got: enough for 20 MB a second at 50 ms to the master and back. */
export const dataPiecesAhead = 8;

export interface DataPiece {
  /** Of the whole file, hexadecimal. */
  readonly hash: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The piece of `file` at `offset`. */
export function encodeDataPiece(hash: string, offset: number, file: Uint8Array): Uint8Array {
  const piece = file.subarray(offset, offset + dataPieceBytes);
  const frame = Buffer.allocUnsafe(headerBytes + piece.length);
  frame.write(hash, 0, hashBytes, "hex");
  frame.writeUIntBE(offset, hashBytes, offsetBytes);
  frame.set(piece, headerBytes);
  return frame;
}

/** @throws ProtocolError when it cannot be one. */
export function decodeDataPiece(frame: Uint8Array): DataPiece {
  if (frame.length <= headerBytes || frame.length > headerBytes + dataPieceBytes) {
    throw new ProtocolError(`a piece of data of ${frame.length} bytes`);
  }
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  return {
    hash: bytes.toString("hex", 0, hashBytes),
    offset: bytes.readUIntBE(hashBytes, offsetBytes),
    bytes: bytes.subarray(headerBytes),
  };
}
