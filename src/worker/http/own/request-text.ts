import type { Socket } from "node:net";
import type { OutgoingRequest } from "../engine.ts";
import type { Origin } from "./origin.ts";

/** A body of more bytes than this is not copied behind the head. */
const maxCopiedBytes = 16 * 1024;

/** Servers expect a length with these, even without a body. */
const methodsWithBody: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** The request as it goes over the wire, one character a byte; without the body when that is a separate one. */
export function requestText(request: OutgoingRequest, origin: Origin): string {
  const { body } = request;
  if (body === null) return headOf(request, origin, 0);
  if (typeof body === "string") {
    const length = Buffer.byteLength(body);
    // A body with as many bytes as characters is ASCII.
    const text = length === body.length ? body : Buffer.from(body).toString("latin1");
    return headOf(request, origin, length) + text;
  }
  const head = headOf(request, origin, body.length);
  return separateBody(request) === null ? head + Buffer.from(body).toString("latin1") : head;
}

/** The body when it is to be written apart from the text. */
export function separateBody({ body }: OutgoingRequest): Uint8Array | null {
  return body !== null && typeof body !== "string" && body.length > maxCopiedBytes ? body : null;
}

/** One call of the system, also with a separate body. False when that did not take much of it. */
export function writeRequest(socket: Socket, text: string, body: Uint8Array | null): boolean {
  if (body === null) return socket.write(text, "latin1");
  socket.cork();
  socket.write(text, "latin1");
  socket.write(body);
  socket.uncork();
  return !socket.writableNeedDrain;
}

function headOf({ method, path, headers }: OutgoingRequest, origin: Origin, bodyLength: number): string {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  if (!headers.hasHost) head += origin.hostLine;
  if (!headers.closes) head += "connection: keep-alive\r\n";
  const { list } = headers;
  for (let index = 0; index < list.length; index += 2) head += `${list[index]}: ${list[index + 1]}\r\n`;
  if (bodyLength > 0 || methodsWithBody.has(method)) head += `content-length: ${bodyLength}\r\n`;
  return `${head}\r\n`;
}
