import type { Writable } from "node:stream";

/** When more than this waits to be read, log lines and status lines are dropped. */
const maxWaitingLength = 256 * 1_024;

type Target = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Asks the terminal for its size. Without it, Node.js knows a new size only after the signal of the change. */
  readonly _refreshSize?: () => void;
  /** Writes to a terminal block in Node.js; there is no public API to change that. */
  readonly _handle?: { setBlocking?(isBlocking: boolean): unknown } | null;
};

/** The width of reports that are not written to a terminal. */
const usualColumns = 100;

type Write = (text: string, done: (error?: Error | null) => void) => unknown;

/**
 * Standard output or standard error. Writing never blocks and never throws, even if a terminal is stopped, a pipe is not read
 * or a disk is full. The stream passes one piece at a time to the system and keeps the others in a queue, so it knows how much
 * has not been read, and since when.
 */
export class StandardStream {
  /** `settled` and `print` give up the remaining text when nothing was read for this long. */
  stallTimeoutMs: number;
  /**
   * Returns what is passed to the system for a text. Called at the moment of writing, so that a display can keep its lines
   * below the text. `isLines`: whether the text consists of whole lines, which do not continue an unfinished line.
   */
  transform: (text: string, isLines: boolean) => string = (text) => text;
  readonly isTTY: boolean;
  readonly #target: Target;
  readonly #write: Write;
  readonly #onFault: (error: Error) => void;
  readonly #waiting: { readonly text: string; readonly isLines: boolean }[] = [];
  #waitingLength = 0;
  #isWriting = false;
  #fault: Error | null = null;
  #dropped = 0;
  #progressMs = 0;
  readonly #watchers = new Set<() => void>();

  /**
   * @param onFault called once, when the stream cannot be written any more
   * @param isTTY whether the text appears on a terminal, to which another process may pass it
   */
  constructor(
    target: Target,
    stallTimeoutMs: number,
    onFault: (error: Error) => void = () => {},
    isTTY = target.isTTY === true,
  ) {
    this.isTTY = isTTY;
    this.#target = target;
    // The original method: `divertTestOutput` replaces it.
    this.#write = target.write.bind(target) as Write;
    this.stallTimeoutMs = stallTimeoutMs;
    this.#onFault = onFault;
    target.on("error", (error: Error) => this.#fail(error));
  }

  /** The width of the terminal; without a terminal, the value of the variable COLUMNS, or 100. */
  get columns(): number {
    if (this.#target._handle) this.#target._refreshSize?.();
    return this.#target.columns || Number(process.env.COLUMNS) || usualColumns;
  }

  /** The height of the terminal; infinite without a terminal. */
  get rows(): number {
    if (this.#target._handle) this.#target._refreshSize?.();
    return this.#target.rows || Number.POSITIVE_INFINITY;
  }

  /** Calls `listener` whenever the terminal has a new size. */
  onResize(listener: () => void): void {
    this.#target.on("resize", listener);
  }

  /** The number of characters that have not been read yet. */
  get waitingLength(): number {
    return this.#waitingLength;
  }

  /** The reason why the stream cannot be written any more; null while it can. */
  get fault(): Error | null {
    return this.#fault;
  }

  /** Writes a text that must not be dropped. */
  write(text: string, isLines = false): void {
    if (text !== "") this.#enqueue(text, isLines);
  }

  /** Writes the result of `transform` for an empty text, so that a display is redrawn. */
  refresh(): void {
    this.#enqueue("", false);
  }

  #enqueue(text: string, isLines: boolean): void {
    if (this.#fault !== null) return;
    if (this.#waitingLength === 0) this.#progressMs = performance.now();
    this.#waiting.push({ text, isLines });
    this.#waitingLength += lengthOf(text);
    this.#next();
  }

  /**
   * Writes a text, or drops it when too much text already waits to be read. Returns false when it was dropped. `isLines` is
   * passed to `transform`.
   */
  tryWrite(text: string, isLines = false): boolean {
    if (this.#fault !== null) return false;
    if (this.#waitingLength > maxWaitingLength) {
      this.#dropped++;
      return false;
    }
    this.write(text, isLines);
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
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const { text, isLines } = next;
    this.#isWriting = true;
    try {
      // Done each time, because starting a process with the same terminal or pipe makes it block again.
      this.#target._handle?.setBlocking?.(false);
      this.#write(this.transform(text, isLines), (error) => (error ? this.#fail(error) : this.#written(text)));
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #written(text: string): void {
    if (this.#fault !== null) return;
    this.#isWriting = false;
    this.#waitingLength -= lengthOf(text);
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

/** Returns the length of a text in the queue. An empty text, which is a refresh, counts as 1. */
function lengthOf(text: string): number {
  return Math.max(1, text.length);
}
