import type { ServerResponse } from "node:http";
import { GzipEnd, type LiveText } from "./live-text.ts";

/** A reader with more unread bytes is disconnected at the next event. */
const maxPendingBytes = 1024 * 1024;
/** The number of unread bytes above which a reader gets no snapshots until it has read them. */
const behindBytes = 64 * 1024;
/** The time after which a reader that reads none of its unread bytes is disconnected. */
const stalledMs = 30_000;

interface ReaderListeners {
  /** Called when the client has read all that waited for it. */
  readonly drained: () => void;
  readonly gone: () => void;
}

/**
 * A client of the live stream. Its unread events are buffered up to a limit. Above the limit, the client is disconnected,
 * and can reconnect with the id of the last event that it has.
 */
export class LiveReader {
  /** The types of the snapshots that the client did not get because it was behind. */
  readonly missed = new Set<string>();
  readonly #response: ServerResponse;
  readonly #nowMs: () => number;
  /** The end of a compressed stream; null for an uncompressed stream. */
  readonly #gzipEnd: GzipEnd | null;
  #stalledSinceMs: number | null = null;
  #isGone = false;

  /** @param isCompressed whether the client gets a gzip stream. The head of the stream must already have been sent. */
  constructor(response: ServerResponse, isCompressed: boolean, nowMs: () => number, on: ReaderListeners) {
    this.#response = response;
    this.#nowMs = nowMs;
    this.#gzipEnd = isCompressed ? new GzipEnd() : null;
    response.on("error", () => {
      // The "close" event follows.
    });
    response.on("drain", () => {
      this.#stalledSinceMs = null;
      on.drained();
    });
    response.once("close", () => {
      this.#isGone = true;
      on.gone();
    });
  }

  get pendingBytes(): number {
    return this.#response.writableLength;
  }

  get isBehind(): boolean {
    return this.pendingBytes > behindBytes;
  }

  /** Sends the events that a new client needs, however many they are. */
  begin(texts: readonly LiveText[]): void {
    for (const text of texts) this.#write(text);
  }

  /** Sends an event. Only what waited before it counts as unread: the client has had no time to read the event itself. */
  send(text: LiveText): void {
    const stalledForMs = this.#stalledSinceMs === null ? 0 : this.#nowMs() - this.#stalledSinceMs;
    const isStalled = this.pendingBytes > 0 && stalledForMs > stalledMs;
    if (this.pendingBytes > maxPendingBytes || isStalled) this.#response.destroy();
    else this.#write(text);
  }

  end(): void {
    if (!this.#isGone) this.#response.end(this.#gzipEnd?.bytes);
  }

  #write(text: LiveText): void {
    if (this.#isGone) return;
    this.#gzipEnd?.add(text);
    const isFlushed = this.#response.write(this.#gzipEnd === null ? text.bytes : text.blocks);
    if (isFlushed || this.#response.writableLength === 0) this.#stalledSinceMs = null;
    else this.#stalledSinceMs ??= this.#nowMs();
  }
}
