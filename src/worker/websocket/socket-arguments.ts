import { describeValue, tagOf } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";

/** The payload of a message to send. */
export interface OutgoingMessage {
  readonly bytes: Buffer;
  readonly isBinary: boolean;
}

/**
 * Encodes a message of the test: a string as it is, bytes as binary, a list or an object with fields as JSON.
 * @throws InvalidValue
 */
export function outgoingMessage(where: string, data: unknown): OutgoingMessage {
  if (typeof data === "string") return { bytes: Buffer.from(data), isBinary: false };
  if (ArrayBuffer.isView(data)) {
    return { bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength), isBinary: true };
  }
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) {
    return { bytes: Buffer.from(data), isBinary: true };
  }
  return { bytes: Buffer.from(jsonText(where, data)), isBinary: false };
}

function jsonText(where: string, data: unknown): string {
  const hasFields = typeof data === "object" && data !== null && !("then" in data);
  const isWritable = hasFields && (["Object", "Array"].includes(tagOf(data)) || "toJSON" in data);
  if (!isWritable) {
    throw new InvalidValue(
      `${where}: the message is ${describeValue(data)}; expected a string, bytes, or an object that is sent as JSON`,
    );
  }
  try {
    return JSON.stringify(data);
  } catch (cause) {
    throw new InvalidValue(`${where}: the message cannot be written as JSON: ${String(cause)}`, { cause });
  }
}

/** RFC 6455, 5.5: the payload of a close frame has 125 bytes, two of which are the code. */
const longestReason = 123;

/** Refuses a code or a reason that a client must not close a socket with (RFC 6455, 7.4). @throws InvalidValue */
export function checkClose(where: string, code: unknown, reason: unknown): void {
  const isOwn = typeof code === "number" && Number.isInteger(code) && code >= 3000 && code <= 4999;
  if (!isOwn && code !== 1000 && code !== 1001) {
    throw new InvalidValue(`${where}: code is ${describeValue(code)}; expected 1000, 1001 or 3000 to 4999`);
  }
  if (typeof reason !== "string" || Buffer.byteLength(reason) > longestReason) {
    throw new InvalidValue(`${where}: expected a reason of at most ${longestReason} bytes`);
  }
}
