/** Limits of a streamed response. */
export interface StreamOptions {
  /** The maximum number of bytes, as they are received; a longer response fails. Default: no limit. */
  readonly maxBytes?: number;
  /** The maximum number of characters of a line or an event; a longer one fails the request. Default 1,048,576. */
  readonly maxLineLength?: number;
  /**
   * The stream ends after this time, such as `"30s"`, counted from the head of the response. This is not a failure: it has
   * the same effect as a test that stops reading. Default: no limit; the request still has a `timeout`.
   */
  readonly maxDuration?: string;
  /**
   * The longest time without an event, such as `"5s"`; a longer one fails the request (kind `timeout`). Bytes that are not an
   * event do not count.
   */
  readonly maxGap?: string;
  /**
   * Whether `events()` reconnects when the connection ends or breaks, as an `EventSource` does: with the last id in
   * `Last-Event-ID`, after the time that the service sets with `retry`. Each connection is a request. Default: false.
   */
  readonly reconnect?: boolean | StreamReconnectOptions;
}

/** How a stream of events reconnects. */
export interface StreamReconnectOptions {
  /** The maximum number of connections in a row without an event; after more of them, the stream ends. Default 10. */
  readonly max?: number;
  /** The time until the next connection, unless the service sets it; default `"3s"`, and at least 100 ms. */
  readonly delay?: string;
}

/** One event of a stream of type `text/event-stream`. */
export interface ServerSentEvent {
  /** The value of the field `event`; "message" if the event has none. */
  readonly type: string;
  /** The values of the fields `data`, joined by line breaks. */
  readonly data: string;
  /** The value of the latest field `id` in the stream; empty if there was none. */
  readonly id: string;
}

/**
 * The body of a response while it arrives. It can be read once, with one of these methods. Reading ends when the response
 * ends or fails; `response.error` then says why it failed. Leaving the loop early (`break`) ends the request without a
 * failure, and closes its connection.
 */
export interface StreamedBody {
  /** The bytes of the body that have arrived, before decompression. */
  readonly receivedBytes: number;
  /** Returns the body in pieces of any size, decompressed. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Returns the body in lines of UTF-8, without their line ends: `JSON.parse(line)` reads NDJSON. */
  lines(): AsyncIterable<string>;
  /** Returns the server-sent events of the body. */
  events(): AsyncIterable<ServerSentEvent>;
  /** Ends the request, and closes its connection. Does nothing if it has ended. */
  cancel(): void;
}
