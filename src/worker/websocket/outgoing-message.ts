import { describeValue, tagOf } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";

/** The payload of a message that is to be sent. */
export interface OutgoingMessage {
  readonly bytes: Buffer;
  readonly isBinary: boolean;
}

/**
 * Encodes what a test sends: a string as it is, bytes as binary, a list or an object of fields as JSON.
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
      `${where}: the message is ${describeValue(data)}; expected a text, bytes, or an object that is sent as JSON`,
    );
  }
  try {
    return JSON.stringify(data);
  } catch (cause) {
    throw new InvalidValue(`${where}: the message cannot be written as JSON: ${String(cause)}`, { cause });
  }
}
