import { createWriteStream, lstatSync, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { stdout } from "../process/standard-streams.ts";
import { openOutput, standardOutput } from "./output-file.ts";
import { pipeWriter } from "./pipe-writer.ts";

/** More than this must not wait to be written: a disk or a reader that stands still would fill the memory. */
const maxWaitingBytes = 64_000_000;

/** A file of lines, or standard output. */
export class LineOutput {
  /** The stream of the file; null for standard output. */
  readonly #file: WriteStream | null;
  #fault: Error | null = null;

  /** @throws OutputError if the file cannot be opened */
  constructor(path: string, options: Parameters<typeof openOutput>[1] = {}) {
    if (path === standardOutput) {
      this.#file = null;
      return;
    }
    const fd = openOutput(path, options);
    const isPipe = fd === null && lstatSync(path).isFIFO();
    const how = isPipe ? { fs: pipeWriter(() => this.#file?.destroyed === true) } : fd === null ? {} : { fd };
    this.#file = createWriteStream(path, how).on("error", (error) => {
      this.#fault ??= error;
    });
  }

  get isStandardOutput(): boolean {
    return this.#file === null;
  }

  /** The reason why it cannot be written any more; null while it can. */
  get fault(): Error | null {
    return this.#file === null ? stdout.fault : this.#fault;
  }

  get isFull(): boolean {
    return (this.#file?.writableLength ?? stdout.waitingLength) > maxWaitingBytes;
  }

  /** Writes a text. Resolves to whether it was written; for standard output, resolves to true at once. */
  async write(text: string): Promise<boolean> {
    const file = this.#file;
    if (file === null) {
      stdout.write(text);
      return true;
    }
    return await new Promise((resolve) => {
      file.write(text, (error) => resolve(error === null || error === undefined));
    });
  }

  /**
   * Waits until everything is written.
   * @throws the error of writing, or an error after `timeoutMs`
   */
  async end(timeoutMs: number): Promise<void> {
    if (this.#file === null) return await stdout.settled();
    this.#file.end();
    await finished(this.#file, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: Error) => {
      this.#fault ??= error;
      throw error;
    });
  }

  /** Closes the file. Text that still waits is lost. Can be called again. */
  close(): void {
    this.#file?.destroy();
  }
}
