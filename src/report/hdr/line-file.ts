import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ConfigurationError } from "../../core/errors.ts";

const chunkBytes = 1 << 20;
/** A log of a day with ten tags takes about half of this. */
const mostFileBytes = 2 ** 31;
/** A histogram of 5 digits over all 64-bit values takes less, in base64. */
const mostLineBytes = 2 ** 26;
const lineFeed = 10;

export interface FileLine {
  readonly text: string;
  /** The number of the line, counted from 1. */
  readonly number: number;
  /** The position of the line in the file, in bytes. */
  readonly offset: number;
  /** The length in bytes, without the line break. */
  readonly length: number;
}

/** A text file that is read line by line, so that a large one needs no more memory. */
export class LineFile {
  /** The name of the file as the user gave it. */
  readonly name: string;
  readonly #descriptor: number;

  /** @throws ConfigurationError when the file cannot be read or is larger than 2 GiB */
  constructor(name: string) {
    this.name = name;
    try {
      this.#descriptor = openSync(name, "r");
    } catch (cause) {
      throw new ConfigurationError(`${name} cannot be read: ${(cause as Error).message}`, { cause });
    }
    if (fstatSync(this.#descriptor).size <= mostFileBytes) return;
    this[Symbol.dispose]();
    throw new ConfigurationError(`${name} is larger than 2 GiB: split it, or merge its intervals first`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  /** Iterates over all lines from the first. @throws ConfigurationError for a line of more than 64 MiB */
  *lines(): Generator<FileLine, undefined> {
    let offset = 0;
    let number = 0;
    let rest = Buffer.alloc(0);
    for (;;) {
      const chunk = this.#read(offset + rest.length, chunkBytes);
      const bytes = Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
        yield {
          text: textOf(bytes.subarray(start, end)),
          number: ++number,
          offset: offset + start,
          length: end - start,
        };
        start = end + 1;
      }
      rest = bytes.subarray(start);
      offset += start;
      if (rest.length > mostLineBytes) throw this.error(number + 1, "the line is longer than 64 MiB");
      if (chunk.length > 0) continue;
      if (rest.length > 0) yield { text: textOf(rest), number: number + 1, offset, length: rest.length };
      return;
    }
  }

  /** Reads a line again. */
  textAt({ offset, length }: Pick<FileLine, "offset" | "length">): string {
    return textOf(this.#read(offset, length));
  }

  /** Returns the error for an invalid line: one line of text with the file, the line number and the problem. */
  error(line: number, problem: string): ConfigurationError {
    return new ConfigurationError(`${this.name}, line ${line}: ${problem}`);
  }

  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    try {
      return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, offset));
    } catch (cause) {
      throw new ConfigurationError(`${this.name} cannot be read: ${(cause as Error).message}`, { cause });
    }
  }
}

/** The text of a line, without the byte order mark and without the carriage return that Windows writes. */
function textOf(bytes: Buffer): string {
  return bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .replace(/\r$/, "");
}
