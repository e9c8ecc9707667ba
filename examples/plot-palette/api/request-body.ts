import type { IncomingMessage } from "node:http";

/** The largest body accepted, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/** How reading a request body ended; a request that was cut off ends nowhere, its response is closed. */
export interface BodyReceiver {
  onBody(text: string, bytes: number): void;
  onBodyTooLarge(): void;
}

/** Reads a body of up to `MAX_BODY_BYTES` bytes and calls the receiver once. */
export function readBody(request: IncomingMessage, receiver: BodyReceiver): void {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
    receiver.onBodyTooLarge();
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    // Past the limit the rest is still read, and dropped, so that the connection stays usable.
    if (bytes > MAX_BODY_BYTES) return;
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      chunks.length = 0;
      receiver.onBodyTooLarge();
    } else {
      chunks.push(chunk);
    }
  });
  request.on("end", () => {
    if (bytes > MAX_BODY_BYTES) return;
    const whole = chunks.length === 1 ? chunks[0] : undefined;
    receiver.onBody((whole ?? Buffer.concat(chunks)).toString("utf8"), bytes);
  });
}
