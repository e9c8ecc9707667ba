import { ProtocolError } from "./channel.ts";

/*
 * A binary frame from the master: a piece of a data file that the test imports, or of a file that it sends.
 *
 *   SHA-256 of the file (32 bytes), offset (48 bits, big-endian), the bytes from there
 *
 * Workers request each piece, a few ahead: the data in flight is bounded, and heartbeats are answered in between.
 */
const hashBytes = 32;
const offsetBytes = 6;
const headerBytes = hashBytes + offsetBytes;

/**
 * The length of a piece in bytes, except the last piece of a file. Even on a slow line, a piece must arrive within the
 * worker's timeout of 5 s.
 */
export const dataPieceBytes = 128 * 1024;
/** The number of pieces that a worker requests ahead: enough for 20 MB/s at a round trip of 50 ms. */
export const dataPiecesAhead = 8;

export interface DataPiece {
  /** The SHA-256 of the whole file, hexadecimal. */
  readonly hash: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Encodes the piece of `file` at `offset`. */
export function encodeDataPiece(hash: string, offset: number, file: Uint8Array): Uint8Array {
  return encodePiece(hash, offset, file.subarray(offset, offset + dataPieceBytes));
}

/** Encodes `piece`, which is at `offset` of the file with this hash. */
export function encodePiece(hash: string, offset: number, piece: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(headerBytes + piece.length);
  frame.write(hash, 0, hashBytes, "hex");
  frame.writeUIntBE(offset, hashBytes, offsetBytes);
  frame.set(piece, headerBytes);
  return frame;
}

/** Decodes a piece. @throws ProtocolError if its length is not valid */
export function decodeDataPiece(frame: Uint8Array): DataPiece {
  if (frame.length <= headerBytes || frame.length > headerBytes + dataPieceBytes) {
    throw new ProtocolError(`a data frame of ${frame.length} bytes is not valid`);
  }
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  return {
    hash: bytes.toString("hex", 0, hashBytes),
    offset: bytes.readUIntBE(hashBytes, offsetBytes),
    bytes: bytes.subarray(headerBytes),
  };
}
