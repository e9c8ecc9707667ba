import type { Writable } from "node:stream";

/** What may wait for a reader before log lines and status lines are left out. */
const mostWaitingLength = 256 * 1_024;

type Target = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Node.js lets writes to a terminal block; there is no public way to say otherwise. */
  readonly _handle?: { setBlocking?(isBlocking: boolean): unknown } | null;
};

type Write = (text: string, done: (error?: Error | null) => void) => unknown;

/**
 * Standard output or standard error. Writing never blocks and never throws, whatever is behind it: a terminal that
 * stands still, a pipe that nobody reads, a disk that is full. One piece is with the system at a time and the others wait
 * here, so it is known how much is not read, and since when.
 */
export class StandardStream {
  /** How long nothing may be read, at the end and while a long text is printed, before the rest is given up. */
  patienceMs: number;
  readonly #target: Target;
  readonly #write: Write;
  readonly #onFault: (error: Error) => void;
  readonly #waiting: string[] = [];
  #waitingLength = 0;
  #isWriting = false;
  #fault: Error | null = null;
  #leftOut = 0;
  #progressMs = 0;
  readonly #watchers = new Set<() => void>();

  /** @param onFault called once, when nothing can be written any more */
  constructor(target: Target, patienceMs: number, onFault: (error: Error) => void = () => {}) {
    this.#target = target;
    // Whoever replaces the method later, as `divertTestOutput` does, is not meant.
    this.#write = target.write.bind(target) as Write;
    this.patienceMs = patienceMs;
    this.#onFault = onFault;
    target.on("error", (error: Error) => this.#fail(error));
  }

  get isTTY(): boolean {
    return this.#target.isTTY === true;
  }

  get columns(): number {
    return this.#target.columns ?? 100;
  }

  /** Characters that nobody has read yet. */
  get waitingLength(): number {
    return this.#waitingLength;
  }

  /** Why nothing can be written any more; null as long as something can. */
  get fault(): Error | null {
    return this.#fault;
  }

  /** Writes what must not be left out. */
  write(text: string): void {
    if (this.#fault !== null || text === "") return;
    if (this.#waitingLength === 0) this.#progressMs = performance.now();
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    this.#next();
  }

  /** Writes what can be left out when too much waits already; false when it was. */
  say(text: string): boolean {
    if (this.#fault !== null) return false;
    if (this.#waitingLength > mostWaitingLength) {
      this.#leftOut++;
      return false;
    }
    this.write(text);
    return true;
  }

  /** Writes a long text no faster than it is read. */
  async print(pieces: Iterable<string>): Promise<void> {
    for (const piece of pieces) {
      if (this.#fault !== null) return;
      this.write(piece);
      await this.settled();
    }
  }

  /** Resolves when everything was written, cannot be, or nothing was read for `patienceMs`: then the rest is given up. */
  async settled(): Promise<void> {
    while (this.#waitingLength > 0 && this.#fault === null) {
      const leftMs = this.patienceMs - (performance.now() - this.#progressMs);
      if (leftMs <= 0) this.#fail(new Error(`nobody read it for ${Math.round(this.patienceMs / 1_000)} s`));
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
      // Each time: a process that is started with the same terminal or pipe makes it block again.
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
    if (this.#leftOut > 0 && this.#waiting.length === 0) {
      const lines = this.#leftOut === 1 ? "1 line is" : `${this.#leftOut} lines are`;
      this.#leftOut = 0;
      this.write(`muster: ${lines} left out here, because nobody read the lines before\n`);
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
