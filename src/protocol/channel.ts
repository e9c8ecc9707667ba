import type { RawData, WebSocket } from "ws";
import type * as z from "zod";
import { exitCodes, MusterError } from "../core/errors.ts";
import { closeCodes, refusingCodes } from "./version.ts";

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
  /** Exactly once. `reason` is a line for a person; `refused` says whether it is that a message was not to be taken. */
  onClose(reason: string, refused: RefusedSide | null): void;
}

/** Whose message could not be taken: what came from the other side, or what this one sent. */
export type RefusedSide = "received" | "sent";

/**
 * One socket of the protocol. Text frames are validated once, here; whoever is behind it trusts the types. A message
 * that does not fit closes this socket with a reason and touches nothing else.
 */
export class Channel<Incoming, Outgoing> {
  readonly #socket: WebSocket;
  #closed = false;
  /** A bad message: after it nothing more is heard, though the socket may take its time to close. */
  #refusedBecause: string | null = null;

  constructor(socket: WebSocket, schema: z.ZodType<Incoming>, listener: ChannelListener<Incoming>) {
    this.#socket = socket;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (this.#closed || this.#refusedBecause !== null) return;
      try {
        const bytes = data as Buffer;
        if (isBinary) listener.onFrame(bytes);
        else listener.onMessage(parseMessage(schema, bytes.toString("utf8")));
      } catch (error) {
        if (!(error instanceof MusterError)) throw error;
        this.#refusedBecause = `bad message: ${error.message}`;
        this.close(closeCodes.badMessage, this.#refusedBecause);
      }
    });
    socket.on("error", ({ code, message }: Error & { readonly code?: string }) => {
      // Too large, or not even a frame: ws closes the socket itself. A "close" always follows, with the reason.
      if (code?.startsWith("WS_ERR_") === true) this.#refusedBecause ??= `bad message: ${message.toLowerCase()}`;
    });
    socket.on("close", (code: number, reason: Buffer) => {
      if (this.#closed) return;
      this.#closed = true;
      const said = reason.length > 0 ? reason.toString("utf8") : describeCode(code);
      if (this.#refusedBecause !== null) listener.onClose(this.#refusedBecause, "received");
      else listener.onClose(said, refusingCodes.includes(code) ? "sent" : null);
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

function describeCode(code: number): string {
  return code === 1009 ? "bad message: it is too large (1009)" : `socket closed (${code})`;
}

/** A close reason holds at most 123 bytes (RFC 6455, 5.5); characters are cut off whole. */
function truncate(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= 123) return reason;
  let end = 120;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}…`;
}
