/** Limits of a streamed response. */
export interface StreamOptions {
  /** More bytes than this, as they are received, fail the request; default: none. */
  readonly maxBytes?: number;
  /** A line or an event with more characters than this fails the request; default 1,048,576. */
  readonly maxLineLength?: number;
  /**
   * The stream ends after this time, such as `"30s"`, counted from the head of the response. That is no failure: it is as if
   * the test had stopped reading. Default: none; the request still has a `timeout`.
   */
  readonly maxDuration?: string;
  /** A longer time without an event fails the request (kind `timeout`), such as `"5s"`; bytes that are no event do not count. */
  readonly maxGap?: string;
  /**
   * `events()` opens the stream again when its connection ends or breaks, as by an `EventSource`: with the last id in
   * `Last-Event-ID`, after the time that the service sets by `retry`. Each connection is a request. Default: false.
   */
  readonly reconnect?: boolean | StreamReconnectOptions;
}

/** How a stream of events is opened again. */
export interface StreamReconnectOptions {
  /** The stream ends after more than this number of connections in a row without an event; default 10. */
  readonly max?: number;
  /** The time until the next connection, unless the service sets it; default `"3s"`, and at least 100 ms. */
  readonly delay?: string;
}

/** One event of a stream of type `text/event-stream`. */
export interface ServerSentEvent {
  /** The field `event`; "message" without one. */
  readonly type: string;
  /** The fields `data`, joined by line breaks. */
  readonly data: string;
  /** The latest field `id` of the stream; empty without one. */
  readonly id: string;
}

/**
 * The body of a response while it arrives. It is read once, in one of these ways. Reading ends with the response, also with one
 * that fails: `response.error` then says why. A test that leaves the loop before (`break`) ends the request, without
 * a failure, and closes its connection.
 */
export interface StreamedBody {
  /** The bytes of the body that have arrived, before decompression. */
  readonly receivedBytes: number;
  /** The body in pieces of any size, decompressed. */
  chunks(): AsyncIterable<Uint8Array>;
  /** The body in lines of UTF-8, without their ends: `JSON.parse(line)` reads NDJSON. */
  lines(): AsyncIterable<string>;
  /** The server-sent events of the body. */
  events(): AsyncIterable<ServerSentEvent>;
  /** Ends the request, and closes its connection. Does nothing if it has ended. */
  cancel(): void;
}
