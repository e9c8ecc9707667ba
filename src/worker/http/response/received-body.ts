import { type BodyMemory, BodyTooLarge, bodyMemory, type HeldMemory, smallBodyBytes } from "./body-memory.ts";

const maxBlockBytes = 64 * 1024;

/** More than any test should read, received or decompressed. Bytes beyond it are counted and dropped. */
export const maxKeptBytes = 128 * 1024 * 1024;

/**
 * A body that arrived in pieces, copied into blocks of growing size: a server that sends it byte by byte costs no more
 * memory than any other.
 */
export class BodyBlocks {
  readonly #memory: BodyMemory;
  /** The counted memory; null while the body is small. */
  #held: HeldMemory | null = null;
  #blocks: Buffer[] = [];
  /** The number of bytes used in the last block. */
  #usedBytes = 0;
  #allocatedBytes = 0;
  #byteCount = 0;
  /** Whether the body was dropped, because it was too large or there was no memory left for it. */
  #isDropped = false;

  constructor(memory = bodyMemory) {
    this.#memory = memory;
  }

  add(bytes: Buffer, from: number, to: number): void {
    const before = this.#byteCount;
    this.#byteCount += to - from;
    if (this.#isDropped) return;
    if (this.#byteCount > maxKeptBytes) {
      this.#drop();
      return;
    }
    const last = this.#blocks.at(-1);
    const fitting = last === undefined ? 0 : bytes.copy(last, this.#usedBytes, from, to);
    this.#usedBytes += fitting;
    const rest = to - from - fitting;
    if (rest === 0) return;
    const size = Math.max(rest, Math.min(before, maxBlockBytes));
    if (!this.#holds(size)) {
      this.#drop();
      return;
    }
    const block = Buffer.allocUnsafeSlow(size);
    this.#blocks.push(block);
    this.#usedBytes = bytes.copy(block, 0, from + fitting, to);
  }

  /** @throws BodyTooLarge when the body was too large to be kept */
  toBuffer(): Buffer {
    if (this.#byteCount > maxKeptBytes) {
      throw new BodyTooLarge(`the body has ${this.#byteCount} bytes, and only ${maxKeptBytes} are kept`);
    }
    if (this.#isDropped) throw new BodyTooLarge(this.#memory.describe(`the body has ${this.#byteCount} bytes`));
    const [first] = this.#blocks;
    const isOne = this.#blocks.length === 1 && first?.length === this.#byteCount;
    const whole = isOne ? first : Buffer.concat(this.#blocks, this.#byteCount);
    // The test may keep the bytes longer than the response.
    this.release();
    if (whole.length > smallBodyBytes) this.#held = this.#memory.hold(whole, whole.length);
    this.#blocks = [whole];
    this.#allocatedBytes = this.#usedBytes = whole.length;
    return whole;
  }

  /** Stops counting the memory of the body. */
  release(): void {
    this.#held?.release();
    this.#held = null;
  }

  /** Counts the memory of a new block. Returns false if there is not enough. */
  #holds(size: number): boolean {
    this.#allocatedBytes += size;
    if (this.#allocatedBytes <= smallBodyBytes) return true;
    if (this.#held !== null) return this.#held.grow(size);
    this.#held = this.#memory.hold(this, this.#allocatedBytes);
    return this.#held !== null;
  }

  #drop(): void {
    this.#isDropped = true;
    this.#blocks = [];
    this.release();
  }
}

/**
 * The bytes of a body. A small body that arrived in one piece is a string with one character per byte, which is cheaper to
 * create and collect than a buffer. Any other body is in blocks, or one buffer once it has been decompressed.
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

/** @throws BodyTooLarge when the body was too large to be kept. */
export function bodyBytes(received: ReceivedBody): Buffer {
  if (typeof received === "string") return Buffer.from(received, "latin1");
  return received instanceof BodyBlocks ? received.toBuffer() : received;
}

/** Returns the body decoded as UTF-8. */
export function bodyText(received: ReceivedBody): string {
  if (typeof received === "string" && !notAscii.test(received)) return received;
  return decoder.decode(bodyBytes(received));
}
