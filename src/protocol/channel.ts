import type { RawData, WebSocket } from "ws";
import type * as z from "zod";
import { exitCodes, MusterError } from "../core/errors.ts";
import { closeCodes } from "./version.ts";

/** What came over the socket is not a message of the protocol. */
export class ProtocolError extends MusterError {
  readonly code = "protocol";
  readonly exitCode = exitCodes.defect;
}

/** The largest message: a test's bundle. */
export const maxPayloadBytes = 64 * 1024 * 1024;

export interface ChannelListener<Incoming> {
  onMessage(message: Incoming): void;
  /** A binary frame. The bytes are the receiver's to keep. */
  onFrame(frame: Uint8Array): void;
  /** Exactly once. `reason` is a line for a person. */
  onClose(reason: string): void;
}

/**
 * One socket of the protocol. Text frames are validated once, here; whoever is behind it trusts the types. A message
 * that does not fit closes this socket with a reason and touches nothing else.
 */
export class Channel<Incoming, Outgoing> {
  readonly #socket: WebSocket;
  #closed = false;
  /** After a bad message nothing more is heard, though the socket may take its time to close. */
  #isDeaf = false;

  constructor(socket: WebSocket, schema: z.ZodType<Incoming>, listener: ChannelListener<Incoming>) {
    this.#socket = socket;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (this.#closed || this.#isDeaf) return;
      try {
        const bytes = data as Buffer;
        if (isBinary) listener.onFrame(bytes);
        else listener.onMessage(parseMessage(schema, bytes.toString("utf8")));
      } catch (error) {
        if (!(error instanceof MusterError)) throw error;
        this.#isDeaf = true;
        this.close(closeCodes.badMessage, `bad message: ${error.message}`);
      }
    });
    socket.on("error", () => {
      // A "close" always follows, with the reason.
    });
    socket.on("close", (code: number, reason: Buffer) => {
      if (this.#closed) return;
      this.#closed = true;
      listener.onClose(reason.length > 0 ? reason.toString("utf8") : `socket closed (${code})`);
    });
  }

  get isOpen(): boolean {
    return !this.#closed && this.#socket.readyState === this.#socket.OPEN;
  }

  /** Sends a message; nothing happens when the socket is no longer open. */
  send(message: Outgoing): void {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
  }

  /** What is not on its way yet of what was sent. */
  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  sendFrame(frame: Uint8Array): void {
    if (this.isOpen) this.#socket.send(frame);
  }

  /** Closes politely, and by force when the other side does not answer within `graceMs`. */
  close(code: number, reason: string, graceMs = 1_000): void {
    this.#socket.close(code, truncate(reason));
    const timer = setTimeout(() => this.#socket.terminate(), graceMs);
    timer.unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** Ends the socket at once; `onClose` follows. */
  terminate(): void {
    this.#socket.terminate();
  }
}

/** @throws ProtocolError when the text is not JSON or not such a message. */
export function parseMessage<Message>(schema: z.ZodType<Message>, text: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError("not JSON", { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProtocolError(`${issue?.path.join(".") || "message"}: ${issue?.message ?? "unknown message"}`);
}

/** A close reason holds at most 123 bytes (RFC 6455, 5.5); characters are cut off whole. */
function truncate(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= 123) return reason;
  let end = 120;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}…`;
}
