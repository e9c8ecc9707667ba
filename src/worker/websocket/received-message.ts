import type { MessageFilter, WebSocketMessage } from "../../scenario/definition/protocols/websocket.ts";

/** A message as the test sees it. */
export class ReceivedMessage implements WebSocketMessage {
  readonly isBinary: boolean;
  #payload: Buffer;

  /** @param payload a part of a larger buffer, which stays in memory as long as the message does: see `detach` */
  constructor(payload: Buffer, isBinary: boolean) {
    this.#payload = payload;
    this.isBinary = isBinary;
  }

  get length(): number {
    return this.#payload.length;
  }

  get body(): Uint8Array {
    return this.#payload;
  }

  text(): string {
    return this.#payload.toString();
  }

  json<Value = unknown>(): Value {
    return JSON.parse(this.text()) as Value;
  }

  /** Copies the payload out of the buffer that it arrived in, for a message that is kept. */
  detach(): void {
    const copy = Buffer.allocUnsafeSlow(this.#payload.length);
    this.#payload.copy(copy);
    this.#payload = copy;
  }
}

/** The maximum size of the kept messages of one socket, in bytes. */
const mostKeptBytes = 1024 * 1024;

/** Messages that arrived when nothing waited for them, oldest first. Their number and their bytes are bounded. */
export class KeptMessages {
  readonly #most: number;
  readonly #messages: ReceivedMessage[] = [];
  #byteCount = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(message: ReceivedMessage): void {
    if (this.#most === 0 || message.length > mostKeptBytes) return;
    message.detach();
    this.#messages.push(message);
    this.#byteCount += message.length;
    while (this.#messages.length > this.#most || this.#byteCount > mostKeptBytes) {
      this.#byteCount -= this.#messages.shift()?.length ?? 0;
    }
  }

  /** Removes and returns the first message that `accepts` accepts; undefined if there is none. Rethrows an error of `accepts`. */
  take(accepts: MessageFilter): ReceivedMessage | undefined {
    const position = this.#messages.findIndex(accepts);
    if (position < 0) return undefined;
    const [message] = this.#messages.splice(position, 1);
    this.#byteCount -= message?.length ?? 0;
    return message;
  }
}
