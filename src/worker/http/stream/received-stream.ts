import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { InvalidValue } from "../../../core/invalid-value.ts";
import type { ServerSentEvent, StreamedBody } from "../../../scenario/definition/streaming.ts";
import type { HeaderSource, OutgoingRequest } from "../engine.ts";
import { ReceivedResponse } from "../response/response.ts";
import { linesOf } from "./lines.ts";
import type { EventSourceState, Reconnection, StreamConnection } from "./reconnection.ts";
import type { ResponseStream } from "./response-stream.ts";
import { eventsOf } from "./server-sent-events.ts";

const decoders = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
} as const;

type Decoder = ReturnType<(typeof decoders)[keyof typeof decoders]>;

/** A response whose body the test reads while it arrives. */
export class ReceivedStream extends ReceivedResponse implements StreamedBody, StreamConnection {
  readonly #stream: ResponseStream;
  /** Reconnects the stream when its connection ends; null if it does not reconnect. */
  #reconnection: Reconnection | null = null;

  constructor(request: OutgoingRequest, status: number, source: HeaderSource | null, stream: ResponseStream) {
    super(request, status, source, null, 0);
    this.#stream = stream;
    Object.defineProperty(this, "durationMs", { get: () => stream.readMs, enumerable: true });
  }

  get receivedBytes(): number {
    return this.#stream.receivedBytes;
  }

  override get body(): never {
    throw notKept("body");
  }

  override text(): never {
    throw notKept("text()");
  }

  override json(): never {
    throw notKept("json()");
  }

  chunks(): AsyncIterable<Uint8Array> {
    return this.#chunks(this.#found);
  }

  /** @param found called with each piece that is read */
  #chunks(found: () => void): AsyncIterable<Uint8Array> {
    const chunks = this.#read("chunks", found);
    const coding = this.headers["content-encoding"];
    const decoder = coding === undefined ? null : decoderOf(coding);
    if (decoder === null) return chunks;
    return this.#ending(decompressed(chunks, decoder, () => !this.#stream.isWhole));
  }

  lines(): AsyncIterable<string> {
    return this.#lines(false);
  }

  get isLeft(): boolean {
    return this.#stream.isLeft;
  }

  /** Lets the events continue on further connections. */
  reconnects(by: Reconnection): void {
    this.#reconnection = by;
  }

  events(): AsyncIterable<ServerSentEvent> {
    if (this.#reconnection === null) return this.readEvents({ lastId: "", retryMs: null });
    return this.#reconnection.events(({ error }) => {
      this.ok = error === null;
      this.error = error;
    });
  }

  /** Returns the events of this connection. */
  readEvents(state: EventSourceState): AsyncIterable<ServerSentEvent> {
    const { maxLineLength } = this.#stream.rules;
    const rules = { state, maxLength: maxLineLength, tooLong: () => this.#tooLong("an event"), found: this.#found };
    return eventsOf(this.#lines(true), rules);
  }

  cancel(): void {
    if (this.#reconnection === null) this.discard();
    else this.#reconnection.cancel();
  }

  override discard(): void {
    this.#stream.abandon();
  }

  #lines(isEventStream: boolean): AsyncIterable<string> {
    return linesOf(this.#chunks(nothing), {
      isEventStream,
      found: isEventStream ? nothing : this.#found,
      maxLength: this.#stream.rules.maxLineLength,
      tooLong: () => this.#tooLong("a line"),
      isWhole: () => this.#stream.isWhole,
    });
  }

  readonly #found = () => this.#stream.found();

  #tooLong(what: string): void {
    this.#stream.exceed(`${what} of more than ${this.#stream.rules.maxLineLength} characters (stream.maxLineLength)`);
  }

  /** @throws InvalidValue if the body was read before */
  #read(method: string, found: () => void): AsyncGenerator<Uint8Array, undefined> {
    if (this.#stream.isRead)
      throw new InvalidValue(`response.${method}(): the body of a streamed response is read once`);
    this.#stream.read();
    return this.#pieces(found);
  }

  async *#pieces(found: () => void): AsyncGenerator<Uint8Array, undefined> {
    const stream = this.#stream;
    try {
      for (let bytes = await stream.next(); bytes !== null; bytes = await stream.next()) {
        found();
        yield bytes;
      }
    } finally {
      stream.abandon();
    }
  }

  /** Ends the request as soon as `chunks` are no longer read: a decompressing stream passes that on only later. */
  async *#ending(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
    try {
      yield* chunks;
    } finally {
      this.#stream.abandon();
    }
  }
}

function nothing(): void {}

function notKept(member: string): InvalidValue {
  return new InvalidValue(`response.${member}: the response is streamed; read its chunks(), lines() or events()`);
}

/** Returns the stream that decompresses a Content-Encoding; null for an unknown coding, or for several. */
function decoderOf(coding: string): Decoder | null {
  const name = coding.trim().toLowerCase();
  return Object.hasOwn(decoders, name) ? decoders[name as keyof typeof decoders]() : null;
}

/**
 * Decompresses a body while it arrives. A body that was cut short ends there: it is not a body of wrong bytes.
 * @param isCut whether the body was cut short, known at its end
 * @throws Error when the bytes do not match the coding
 */
async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
  decoder: Decoder,
  isCut: () => boolean,
): AsyncGenerator<Uint8Array, undefined> {
  const source = Readable.from(chunks);
  source.once("error", (error) => decoder.destroy(error));
  source.once("end", () => {
    if (isCut()) decoder.flush(() => decoder.push(null));
    else decoder.end();
  });
  source.pipe(decoder, { end: false });
  try {
    yield* decoder as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
    decoder.destroy();
  }
}
