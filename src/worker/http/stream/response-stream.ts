import { longestTimerMs } from "../../../core/duration.ts";
import { RequestTimeout } from "../response/failure.ts";
import type { EndedStream, StreamMeasure } from "./stream-measure.ts";
import type { StreamRules } from "./stream-rules.ts";

/** From this size of what was received and not read, in bytes, no more is received. */
const mostQueuedBytes = 128 * 1024;
/** Below this size, receiving resumes. */
const fewQueuedBytes = 64 * 1024;
/** The memory that a piece takes in addition to its bytes: a service may send single bytes. */
const bytesPerPiece = 100;

/** The test has stopped reading a response: the request has ended, and its connection is closed. */
export class StreamAbandoned extends Error {
  readonly code = "MUSTER_STREAM_ABANDONED";
}

/** A streamed response is larger than the test allows. */
class StreamLimitExceeded extends Error {
  readonly code = "MUSTER_STREAM_LIMIT";
}

/** The request whose response is streamed. */
export interface StreamSource {
  /** The time since the request was sent. */
  readonly elapsedMs: number;
  readonly times: { readonly intendedMs: number; readonly sentMs: number };
  /** Stops receiving until `resume` is called. */
  pause(): void;
  resume(): void;
  /** Ends the request, and closes its connection. */
  abort(reason: Error): void;
}

interface Piece {
  /**
   * One character per byte. Strings are on the heap of V8, so that garbage is collected soon, and the buffers with it.
   * Buffers alone are outside of the heap: with a fast stream, 80 MB of them piled up, compared to 10 MB.
   */
  readonly text: string;
  /** When the piece arrived, in ms since the request was sent. */
  readonly atMs: number;
}

/**
 * The body of one response on its way to the test: pieces that have arrived and are not read yet. If there are many, the
 * socket is paused, so that a response of any size takes the same memory.
 */
export class ResponseStream {
  readonly rules: StreamRules;
  /** Whether the test, or `maxDuration`, has ended the stream. */
  isLeft = false;
  /** The bytes of the body that have arrived, before decompression. */
  receivedBytes = 0;
  /** The time from sending the request to the arrival of the data that was read last, or to the end. */
  readMs = 0;
  /** Resolves when the request has ended. */
  readonly over: Promise<void>;
  /** Whether the test has begun to read. */
  isRead = false;
  /** The request; null before the head of the response has arrived, and when the request has ended. */
  #source: StreamSource | null = null;
  #pieces: Piece[] = [];
  /** The number of pieces at the front that were read. */
  #readPieces = 0;
  #queuedBytes = 0;
  #isPaused = false;
  #isOver = false;
  #isWhole = false;
  #endedMs = 0;
  /** The error with which reading fails; null if reading just ends. */
  #error: Error | null = null;
  #wake: (() => void) | null = null;
  #resolveOver: () => void;
  #durationTimer: NodeJS.Timeout | null = null;
  #gapTimer: NodeJS.Timeout | null = null;

  readonly #measure: StreamMeasure;

  constructor(rules: StreamRules, measure: StreamMeasure) {
    this.rules = rules;
    this.#measure = measure;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = promise;
    this.#resolveOver = resolve;
  }

  /** Whether the whole response has arrived, and nothing cut it short. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Called when the head of the response has arrived. */
  begin(source: StreamSource, status: number): void {
    this.#source = source;
    this.#measure.begin(source.times, status);
    this.readMs = source.elapsedMs;
    const { maxDurationMs, maxGapMs } = this.rules;
    if (maxGapMs <= longestTimerMs) this.#gapTimer = setTimeout(() => this.#noEvent(), maxGapMs);
    if (maxDurationMs <= longestTimerMs) this.#durationTimer = setTimeout(() => this.abandon(), maxDurationMs);
  }

  /** Called when the test begins to read. */
  read(): void {
    this.isRead = true;
    this.#measure.read();
  }

  /** Called when the test has read an event, which arrived with the data that was read last. */
  found(): void {
    this.#gapTimer?.refresh();
    this.#measure.event(this.readMs);
  }

  /** Takes a copy of the bytes from `from` to `to`. */
  take(bytes: Buffer, from: number, to: number): void {
    if (this.#source === null) return;
    this.receivedBytes += to - from;
    const { maxBytes } = this.rules;
    if (this.receivedBytes > maxBytes) {
      this.exceed(`the response has more than ${maxBytes} bytes (stream.maxBytes)`);
      return;
    }
    this.#pieces.push({ text: bytes.toString("latin1", from, to), atMs: this.#source.elapsedMs });
    this.#queuedBytes += to - from + bytesPerPiece;
    if (this.#queuedBytes >= mostQueuedBytes) {
      this.#isPaused = true;
      this.#source.pause();
    }
    this.#wakeUp();
  }

  /** Called when the request has ended. `isWhole`: whether the last byte of the response has arrived. */
  end(ended: EndedStream, isWhole: boolean): void {
    this.#isWhole = isWhole;
    this.#endedMs = ended.serviceMs;
    if (this.#queuedBytes === 0) this.readMs = ended.serviceMs;
    this.#measure.end(ended);
    this.#finish();
  }

  /** Makes reading fail with `error`: the user is being stopped, or muster has a defect. */
  fail(error: Error): void {
    this.#error = error;
    this.#pieces = [];
    this.#readPieces = 0;
    this.#finish();
  }

  /** Ends the request as it is, without a failure. Does nothing if it has ended. */
  abandon(): void {
    this.#pieces = [];
    this.#readPieces = 0;
    this.#queuedBytes = 0;
    if (this.#source !== null) this.isLeft = true;
    this.#source?.abort(new StreamAbandoned("the test has stopped reading"));
  }

  /** Ends the request as failed, because its response is larger than the test allows. @throws Error if it has ended */
  exceed(message: string): void {
    const error = new StreamLimitExceeded(message);
    // The whole response has arrived, and the request has been counted.
    if (this.#source === null) throw error;
    this.#source.abort(error);
  }

  /** Returns the next piece; null at the end. @throws VirtualUserStopped */
  async next(): Promise<Uint8Array | null> {
    while (this.#readPieces === this.#pieces.length) {
      if (this.#error !== null) throw this.#error;
      if (this.#isOver) {
        this.readMs = this.#endedMs;
        return null;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const { text, atMs } = this.#pieces[this.#readPieces++] as Piece;
    this.#queuedBytes -= text.length + bytesPerPiece;
    this.readMs = atMs;
    if (this.#readPieces === this.#pieces.length) {
      this.#pieces = [];
      this.#readPieces = 0;
    }
    if (this.#isPaused && this.#queuedBytes < fewQueuedBytes) {
      this.#isPaused = false;
      this.#source?.resume();
    }
    return Buffer.from(text, "latin1");
  }

  /** Called when `maxGap` has passed. Data that the test has not read yet may contain an event. */
  #noEvent(): void {
    if (this.#queuedBytes > 0) this.#gapTimer?.refresh();
    else this.#source?.abort(new RequestTimeout(`no event within ${this.rules.maxGapMs} ms (stream.maxGap)`));
  }

  #finish(): void {
    this.#source = null;
    this.#isOver = true;
    if (this.#durationTimer !== null) clearTimeout(this.#durationTimer);
    if (this.#gapTimer !== null) clearTimeout(this.#gapTimer);
    this.#gapTimer = null;
    this.#resolveOver();
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
