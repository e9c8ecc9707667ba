import type { ServerResponse } from "node:http";

/** What may wait for one reader in this process. */
const maxPendingBytes = 1024 * 1024;
/** A reader that still has so much to read gets no further snapshot: the next one says the same, and more. */
const behindBytes = 64 * 1024;
/** Something waits for so long, and nothing of it is read: nobody is there. */
const stalledMs = 30_000;

/**
 * One browser that listens. What it does not read waits in this process only up to a bound; then it is cut off, and may
 * come again with the number of the last event that it has.
 */
export class LiveReader {
  readonly #response: ServerResponse;
  readonly #nowMs: () => number;
  #stalledSinceMs: number | null = null;
  #isGone = false;

  constructor(response: ServerResponse, nowMs: () => number, onGone: () => void) {
    this.#response = response;
    this.#nowMs = nowMs;
    response.on("error", () => {
      // "close" follows.
    });
    response.on("drain", () => {
      this.#stalledSinceMs = null;
    });
    response.once("close", () => {
      this.#isGone = true;
      onGone();
    });
  }

  get pendingBytes(): number {
    return this.#response.writableLength;
  }

  get isBehind(): boolean {
    return this.pendingBytes > behindBytes;
  }

  send(text: string): void {
    if (this.#isGone) return;
    const isFlushed = this.#response.write(text);
    if (isFlushed || this.#response.writableLength === 0) this.#stalledSinceMs = null;
    else this.#stalledSinceMs ??= this.#nowMs();
    const isStalled = this.#stalledSinceMs !== null && this.#nowMs() - this.#stalledSinceMs > stalledMs;
    if (this.#response.writableLength > maxPendingBytes || isStalled) this.#response.destroy();
  }

  end(): void {
    if (!this.#isGone) this.#response.end();
  }
}
