import type { RawData, WebSocket } from "ws";
import type * as z from "zod";
import { exitCodes, MusterError } from "../core/errors.ts";
import { deepestValue, isDeeperThan } from "../core/size-limits.ts";
import { closeCodes, refusingCodes } from "./version.ts";

/** The received data is not a message of the protocol. */
export class ProtocolError extends MusterError {
  readonly code = "protocol";
  readonly exitCode = exitCodes.defect;
}

/** The maximum nesting of a message, which has some levels around its values. */
const deepestMessage = deepestValue + 20;

/** The maximum size of a message, which is that of a test's bundle. */
export const maxPayloadBytes = 64 * 1024 * 1024;

export interface ChannelListener<Incoming> {
  onMessage(message: Incoming): void;
  /** Receives a binary frame. The receiver may keep the bytes. */
  onFrame(frame: Uint8Array): void;
  /**
   * Called exactly once. `reason` is a line for people to read. If a refused message closed the socket, `refused` says which
   * side's message it was.
   */
  onClose(reason: string, refused: RefusedSide | null): void;
}

/** The message that was refused: one that this side received, or one that it sent. */
export type RefusedSide = "received" | "sent";

/**
 * One WebSocket of the protocol. Text frames are validated here, once; all later code trusts the types. A bad message
 * closes this socket with a reason, and nothing in it takes effect.
 */
export class Channel<Incoming, Outgoing> {
  readonly #socket: WebSocket;
  #closed = false;
  /** The reason after a bad message: all later messages are ignored, although the socket may take some time to close. */
  #refusedBecause: string | null = null;
  /** Whether this side ignores everything that arrives. */
  #isDeaf = false;

  constructor(socket: WebSocket, schema: z.ZodType<Incoming>, listener: ChannelListener<Incoming>) {
    this.#socket = socket;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (this.#closed || this.#isDeaf || this.#refusedBecause !== null) return;
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
      // The message is too large or not a frame: ws closes the socket itself. A "close" with the reason always follows.
      if (code?.startsWith("WS_ERR_") === true) this.#refusedBecause ??= `bad message: ${message.toLowerCase()}`;
    });
    socket.on("close", (code: number, reason: Buffer) => {
      if (this.#closed) return;
      this.#closed = true;
      const text = reason.length > 0 ? reason.toString("utf8") : describeCloseCode(code);
      if (this.#refusedBecause !== null) listener.onClose(this.#refusedBecause, "received");
      else listener.onClose(text, refusingCodes.includes(code) ? "sent" : null);
    });
  }

  get isOpen(): boolean {
    return !this.#closed && this.#socket.readyState === this.#socket.OPEN;
  }

  /** Sends a message; does nothing if the socket is not open. */
  send(message: Outgoing): void {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
  }

  /** The number of bytes that are queued and not yet sent. */
  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  sendFrame(frame: Uint8Array): void {
    if (this.isOpen) this.#socket.send(frame);
  }

  /** Closes the socket with a handshake, and terminates it if the other side does not answer within `graceMs`. */
  close(code: number, reason: string, graceMs = 1_000): void {
    this.#socket.close(code, truncate(reason));
    const timer = setTimeout(() => this.#socket.terminate(), graceMs);
    timer.unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** Closes the socket like `close`, but ignores everything that arrives until it is closed. */
  end(code: number, reason: string): void {
    this.#isDeaf = true;
    this.close(code, reason);
  }

  /** Terminates the socket at once; `onClose` follows. */
  terminate(): void {
    this.#socket.terminate();
  }
}

/** Parses a text frame. @throws ProtocolError if the text is not JSON or not a valid message */
export function parseMessage<Message>(schema: z.ZodType<Message>, text: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError("not JSON", { cause });
  }
  if (isDeeperThan(deepestMessage, value)) throw new ProtocolError(`nested more than ${deepestMessage} levels deep`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProtocolError(`${issue?.path.join(".") || "message"}: ${issue?.message ?? "unknown message"}`);
}

function describeCloseCode(code: number): string {
  return code === 1009 ? "bad message: too large (1009)" : `socket closed (${code})`;
}

/** Shortens a close reason to the maximum of 123 bytes (RFC 6455, 5.5), without cutting a character. */
function truncate(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= 123) return reason;
  let end = 120;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}…`;
}
