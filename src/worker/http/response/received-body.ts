const maxBlockBytes = 64 * 1024;

/** More than any test should look at; what comes beyond is counted, as all of it, and not kept. */
export const maxKeptBytes = 128 * 1024 * 1024;

/**
 * A body that came in pieces, copied into blocks that grow: a server that sends it byte by byte costs no more memory
 * than any other.
 */
export class BodyBlocks {
  #blocks: Buffer[] = [];
  /** Of the last block. */
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

  /** @throws RangeError when it was too large to be kept. */
  toBuffer(): Buffer {
    if (this.#byteCount > maxKeptBytes) {
      throw new RangeError(`the body has ${this.#byteCount} bytes, and only ${maxKeptBytes} are kept`);
    }
    return Buffer.concat(this.#blocks, this.#byteCount);
  }
}

/**
 * The bytes of a body as they came: a small one that came at once as text, one character a byte, which takes less to
 * make and to collect than a buffer; any other in blocks, or whole once it has been unpacked.
 */
export type ReceivedBody = string | BodyBlocks | Buffer;

const maxTextBytes = 8 * 1024;
const notAscii = /[^\0-\x7f]/;
const decoder = new TextDecoder();

/** Copies the bytes from `from` to `to` behind what has come before. */
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

/** @throws RangeError when it was too large to be kept. */
export function bodyBytes(received: ReceivedBody): Buffer {
  if (typeof received === "string") return Buffer.from(received, "latin1");
  return received instanceof BodyBlocks ? received.toBuffer() : received;
}

/** The body read as UTF-8. */
export function bodyText(received: ReceivedBody): string {
  if (typeof received === "string" && !notAscii.test(received)) return received;
  return decoder.decode(bodyBytes(received));
}
