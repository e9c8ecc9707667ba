import { constants, crc32, deflateRawSync } from "node:zlib";

/** The head of a gzip stream (RFC 1952, 2.3.1), without a time and a file name. */
export const gzipHead: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/**
 * A text for the readers of the live stream. It is compressed at most once, whatever the number of readers: its blocks do not refer
 * to earlier texts, and end at a byte boundary, so they can follow any other blocks (RFC 1951, 3.2.3).
 */
export class LiveText {
  readonly text: string;
  #bytes: Uint8Array | null = null;
  #blocks: Uint8Array | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= new TextEncoder().encode(this.text);
    return this.#bytes;
  }

  /** The deflated text, without the end of the stream. */
  get blocks(): Uint8Array {
    this.#blocks ??= deflateRawSync(this.bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return this.#blocks;
  }
}

/** The end of a gzip stream of one reader: an empty last block, the checksum and the length of all its texts. */
export class GzipEnd {
  #checksum = 0;
  #length = 0;

  add({ bytes }: LiveText): void {
    this.#checksum = crc32(bytes, this.#checksum);
    this.#length = (this.#length + bytes.length) % 2 ** 32;
  }

  get bytes(): Uint8Array {
    const end = Buffer.alloc(10);
    end.writeUInt16LE(0x0003, 0);
    end.writeUInt32LE(this.#checksum, 2);
    end.writeUInt32LE(this.#length, 6);
    return end;
  }
}
