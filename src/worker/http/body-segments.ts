/**
 * The largest piece of a body that is handed to a socket at a time. A TLS socket encrypts a whole piece before it is
 * sent, so that each user who uploads over TLS takes about twice this memory.
 */
const pieceBytes = 64 * 1024;

/**
 * A body that consists of several pieces of memory, which many users may share: the contents of files, and the text
 * between them. It is sent without being copied, and can be sent again.
 */
export class BodySegments {
  readonly segments: readonly Uint8Array[];
  readonly byteLength: number;

  constructor(segments: readonly Uint8Array[]) {
    this.segments = segments;
    this.byteLength = segments.reduce((sum, { length }) => sum + length, 0);
  }

  /** Yields all bytes, in order, as views of at most 64 KB. */
  *pieces(): Generator<Uint8Array, undefined> {
    for (const segment of this.segments) {
      for (let at = 0; at < segment.length; at += pieceBytes) yield segment.subarray(at, at + pieceBytes);
    }
  }
}

/** The content of a request. A string is sent as UTF-8. */
export type OutgoingBody = string | Uint8Array | BodySegments | null;

/** Returns the number of bytes of a body as it is sent. */
export function lengthOf(body: OutgoingBody): number {
  if (body === null) return 0;
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}
