const maxBlockBytes = 64 * 1024;

/** More than any test should read. Bytes beyond it are counted and dropped. */
export const maxKeptBytes = 128 * 1024 * 1024;

/**
 * A body that arrived in pieces, copied into blocks of growing size: a server that sends it byte by byte costs no more
 * memory than any other.
 */
export class BodyBlocks {
  #blocks: Buffer[] = [];
  /** The bytes used in the last block. */
  #usedBytes = 0;
  #byteCount = 0;

  add(bytes: Buffer, from: number, to: number): void {
    const before = this.#byteCount;
    this.#byteCount += to - from;
    if (this.#byteCount > maxKeptBytes) {
      this.#blocks = [];
      return;
    }
    const last = this.#blocks.at(-1);
    const fitting = last === undefined ? 0 : bytes.copy(last, this.#usedBytes, from, to);
    this.#usedBytes += fitting;
    const rest = to - from - fitting;
    if (rest === 0) return;
    const block = Buffer.allocUnsafeSlow(Math.max(rest, Math.min(before, maxBlockBytes)));
    this.#blocks.push(block);
    this.#usedBytes = bytes.copy(block, 0, from + fitting, to);
  }

  /** @throws RangeError when the body was too large to be kept. */
  toBuffer(): Buffer {
    if (this.#byteCount > maxKeptBytes) {
      throw new RangeError(`the body has ${this.#byteCount} bytes, and only ${maxKeptBytes} are kept`);
    }
    return Buffer.concat(this.#blocks, this.#byteCount);
  }
}

/**
 * The bytes of a body. A small one that arrived in one piece is a string with one character per byte, which is cheaper
 * to create and collect than a buffer. Any other is in blocks, or one buffer once it has been decompressed.
 */
export type ReceivedBody = string | BodyBlocks | Buffer;

const maxTextBytes = 8 * 1024;
const notAscii = /[^\0-\x7f]/;
const decoder = new TextDecoder();

/** Appends a copy of the bytes from `from` to `to`. */
export function append(received: ReceivedBody, bytes: Buffer, from: number, to: number): ReceivedBody {
  if (received === "" && to - from <= maxTextBytes) return bytes.toString("latin1", from, to);
  const blocks = received instanceof BodyBlocks ? received : new BodyBlocks();
  if (typeof received === "string") {
    const before = Buffer.from(received, "latin1");
    blocks.add(before, 0, before.length);
  }
  blocks.add(bytes, from, to);
  return blocks;
}

/** @throws RangeError when the body was too large to be kept. */
export function bodyBytes(received: ReceivedBody): Buffer {
  if (typeof received === "string") return Buffer.from(received, "latin1");
  return received instanceof BodyBlocks ? received.toBuffer() : received;
}

/** The body decoded as UTF-8. */
export function bodyText(received: ReceivedBody): string {
  if (typeof received === "string" && !notAscii.test(received)) return received;
  return decoder.decode(bodyBytes(received));
}
