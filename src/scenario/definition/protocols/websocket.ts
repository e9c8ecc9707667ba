import type { HeaderValue } from "../http.ts";

/** A message to send: a string as a text message, bytes as a binary message, any other value as JSON in a text message. */
export type WebSocketData = string | ArrayBufferLike | ArrayBufferView | object;

/** A message that was received. */
export interface WebSocketMessage {
  readonly isBinary: boolean;
  /** The length of the payload in bytes, after decompression. */
  readonly length: number;
  readonly body: Uint8Array;
  /** The payload as UTF-8. */
  text(): string;
  /** Parses the payload. @throws SyntaxError if it is not JSON */
  json<Value = unknown>(): Value;
}

/** Returns whether a message is the expected one. */
export type MessageFilter = (message: WebSocketMessage) => boolean;

/** Options of `vu.websocket`. */
export interface WebSocketOptions {
  /** The name of the socket in reports, for URLs that contain ids: "/rooms/:id". Default: the path without its query. */
  readonly name?: string;
  /** Tags that thresholds select by. They apply to the connect and to everything that is measured on the socket. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Subprotocols to offer, the preferred one first. If any are given, the server must select one. */
  readonly protocols?: string | readonly string[];
  /** Headers of the upgrade request; they override those of the user, its class and the test. */
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  /** The longest time until the socket is open; default: the `timeout` of requests of the user, 1 minute unless set. */
  readonly timeout?: string;
  /** Whether to offer compression (permessage-deflate, RFC 7692). Default: false, as it takes CPU and memory. */
  readonly compression?: boolean;
  /** The size of the largest message that is accepted, in bytes; a larger one closes the socket with 1009. Default: 16 MiB. */
  readonly maxMessageBytes?: number;
  /**
   * The maximum number of messages that are kept for later calls of `receive` if they arrive while no call waits for them; at
   * most 1 MiB in total. A new message replaces the oldest one. Default: 100.
   */
  readonly maxKeptMessages?: number;
  /**
   * Called with each message when it arrives, before anything that waits for it. An exception counts as an exception of the
   * test.
   */
  readonly onMessage?: (message: WebSocketMessage) => void;
}

/** Options of `receive`. */
export interface ReceiveOptions {
  /** Records the wait as an endpoint of this name, such as `WS first price`. Without a name it is not measured. */
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The longest wait; default: the `timeout` of requests of the user, 1 minute unless set. */
  readonly timeout?: string;
}

/** Options of `ask`. */
export interface AskOptions extends ReceiveOptions {
  /** The name of the endpoint; default: "ask" and the name of the socket, such as "ask /chat". */
  readonly name?: string;
  /** Returns whether a message is the answer: `(message) => message.json().id === 7`. Default: the next message. */
  readonly answer?: MessageFilter;
}

/** Options of `ping`. */
export interface PingOptions extends ReceiveOptions {
  /** The name of the endpoint; default: "ping" and the name of the socket, such as "ping /chat". */
  readonly name?: string;
}

/** How a socket was closed. */
export interface WebSocketClose {
  /** The status code (RFC 6455, 7.4): 1005 for a close without one, 1006 for a connection that ended without a close. */
  readonly code: number;
  readonly reason: string;
}

/** An open WebSocket. It belongs to its user: if the test has not closed it, it is closed when the user ends. */
export interface UserWebSocket {
  /** The subprotocol that the server has selected; empty for none. */
  readonly protocol: string;
  readonly isOpen: boolean;
  /** How the socket was closed; null until it is closed. */
  readonly closed: WebSocketClose | null;
  /** Sends a message. @throws WebSocketError if the socket is not open, or more than 16 MiB wait to be sent */
  send(data: WebSocketData): void;
  /**
   * Resolves to the next message, or to the first one that `accepts` accepts. Messages that arrived earlier, while no call
   * waited for them, come first.
   * @throws RequestTimeout after `timeout`; WebSocketError if the socket closes before
   */
  receive(options?: ReceiveOptions): Promise<WebSocketMessage>;
  receive(accepts: MessageFilter, options?: ReceiveOptions): Promise<WebSocketMessage>;
  /**
   * Sends a message, and resolves to its answer: the first later message that `answer` accepts. The round trip is recorded as
   * an endpoint, such as `WS ask /chat`.
   * @throws RequestTimeout after `timeout`; WebSocketError if the socket is closed, or closes before. Both are recorded as
   *   failures.
   */
  ask(data: WebSocketData, options?: AskOptions): Promise<WebSocketMessage>;
  /**
   * Sends a ping, and resolves to the milliseconds until its pong. The round trip is recorded as an endpoint, such as
   * `WS ping /chat`.
   */
  ping(options?: PingOptions): Promise<number>;
  /** Resolves when the socket is closed, by either side. @throws RequestTimeout after `timeout` */
  waitForClose(options?: Pick<ReceiveOptions, "timeout">): Promise<WebSocketClose>;
  /** Closes the socket. Resolves when the server has confirmed the close, or after 2 seconds. */
  close(code?: number, reason?: string): Promise<WebSocketClose>;
}
