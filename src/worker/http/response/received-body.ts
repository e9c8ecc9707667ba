import { BodyBlocks } from "../body-blocks.ts";

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
export function bytesOf(received: ReceivedBody): Buffer {
  if (typeof received === "string") return Buffer.from(received, "latin1");
  return received instanceof BodyBlocks ? received.toBuffer() : received;
}

/** The body read as UTF-8. */
export function textOf(received: ReceivedBody): string {
  if (typeof received === "string" && !notAscii.test(received)) return received;
  return decoder.decode(bytesOf(received));
}
