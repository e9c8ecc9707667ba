import type { MessageFilter } from "../../scenario/definition/protocols/websocket.ts";
import type { ReceivedMessage } from "./received-message.ts";

/** The most bytes that are kept of the messages of one socket. */
const mostKeptBytes = 1024 * 1024;

/** Messages that came when nothing waited for them, the oldest first. Their number and their bytes are bounded. */
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

  /** Removes and returns the first message that `accepts` accepts; undefined if there is none. Throws what `accepts` throws. */
  take(accepts: MessageFilter): ReceivedMessage | undefined {
    const position = this.#messages.findIndex(accepts);
    if (position < 0) return undefined;
    const [message] = this.#messages.splice(position, 1);
    this.#byteCount -= message?.length ?? 0;
    return message;
  }
}
