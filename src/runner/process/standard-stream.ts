import type { Writable } from "node:stream";

/** When more than this waits to be read, log lines and status lines are dropped. */
const maxWaitingLength = 256 * 1_024;

type Target = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Writes to a terminal block in Node.js; there is no public API to change that. */
  readonly _handle?: { setBlocking?(isBlocking: boolean): unknown } | null;
};

type Write = (text: string, done: (error?: Error | null) => void) => unknown;

/**
 * Standard output or standard error. Writing never blocks and never throws, even if a terminal is stopped, a pipe is not read
 * or a disk is full. The stream passes one piece at a time to the system and keeps the others in a queue, so it knows how much
 * has not been read, and since when.
 */
export class StandardStream {
  /** `settled` and `print` give up the rest when nothing was read for this long. */
  stallTimeoutMs: number;
  readonly #target: Target;
  readonly #write: Write;
  readonly #onFault: (error: Error) => void;
  readonly #waiting: string[] = [];
  #waitingLength = 0;
  #isWriting = false;
  #fault: Error | null = null;
  #dropped = 0;
  #progressMs = 0;
  readonly #watchers = new Set<() => void>();

  /** @param onFault called once, when the stream cannot be written any more */
  constructor(target: Target, stallTimeoutMs: number, onFault: (error: Error) => void = () => {}) {
    this.#target = target;
    // The original method: `divertTestOutput` replaces it.
    this.#write = target.write.bind(target) as Write;
    this.stallTimeoutMs = stallTimeoutMs;
    this.#onFault = onFault;
    target.on("error", (error: Error) => this.#fail(error));
  }

  get isTTY(): boolean {
    return this.#target.isTTY === true;
  }

  get columns(): number {
    return this.#target.columns ?? 100;
  }

  /** Characters that have not been read yet. */
  get waitingLength(): number {
    return this.#waitingLength;
  }

  /** Why the stream cannot be written any more; null while it can. */
  get fault(): Error | null {
    return this.#fault;
  }

  /** Writes a text that must not be dropped. */
  write(text: string): void {
    if (this.#fault !== null || text === "") return;
    if (this.#waitingLength === 0) this.#progressMs = performance.now();
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    this.#next();
  }

  /** Writes a text, or drops it when too much already waits to be read; false when it was dropped. */
  tryWrite(text: string): boolean {
    if (this.#fault !== null) return false;
    if (this.#waitingLength > maxWaitingLength) {
      this.#dropped++;
      return false;
    }
    this.write(text);
    return true;
  }

  /** Writes a long text as fast as it is read. */
  async print(pieces: Iterable<string>): Promise<void> {
    for (const piece of pieces) {
      if (this.#fault !== null) return;
      this.write(piece);
      await this.settled();
    }
  }

  /** Resolves when everything was written, or the stream has failed; it fails when nothing is read for `stallTimeoutMs`. */
  async settled(): Promise<void> {
    while (this.#waitingLength > 0 && this.#fault === null) {
      const leftMs = this.stallTimeoutMs - (performance.now() - this.#progressMs);
      if (leftMs <= 0) this.#fail(new Error(`it was not read for ${Math.round(this.stallTimeoutMs / 1_000)} s`));
      else await this.#progress(leftMs);
    }
  }

  #progress(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(atMostMs) ? setTimeout(() => over(), atMostMs) : null;
      const over = () => {
        if (timer !== null) clearTimeout(timer);
        this.#watchers.delete(over);
        resolve();
      };
      this.#watchers.add(over);
    });
  }

  #next(): void {
    if (this.#isWriting) return;
    const text = this.#waiting.shift();
    if (text === undefined) return;
    this.#isWriting = true;
    try {
      // Each time, because starting a process with the same terminal or pipe makes it block again.
      this.#target._handle?.setBlocking?.(false);
      this.#write(text, (error) => (error ? this.#fail(error) : this.#written(text)));
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #written(text: string): void {
    if (this.#fault !== null) return;
    this.#isWriting = false;
    this.#waitingLength -= text.length;
    this.#progressMs = performance.now();
    if (this.#dropped > 0 && this.#waiting.length === 0) {
      const lines = this.#dropped === 1 ? "1 line was" : `${this.#dropped} lines were`;
      this.#dropped = 0;
      this.write(`muster: ${lines} dropped here, because the output was not read in time\n`);
    }
    this.#next();
    for (const watcher of this.#watchers) watcher();
  }

  #fail(error: Error): void {
    if (this.#fault !== null) return;
    this.#fault = error;
    this.#waiting.length = 0;
    this.#waitingLength = 0;
    for (const watcher of this.#watchers) watcher();
    this.#onFault(error);
  }
}
