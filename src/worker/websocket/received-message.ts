import type { WebSocketMessage } from "../../scenario/definition/protocols/websocket.ts";

/** A message as the test sees it. */
export class ReceivedMessage implements WebSocketMessage {
  readonly isBinary: boolean;
  #payload: Buffer;

  /** @param payload a part of a larger buffer, which is kept in memory as long as the message: see `detach` */
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
