import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { extname } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import { FileFault } from "../bundle/file-fault.ts";
import { unreadable } from "../files/unreadable.ts";
import { readCsvHeader } from "./csv.ts";
import { dialectOf } from "./csv-dialect.ts";
import { CsvScanner } from "./csv-scanner.ts";
import { CsvRowScanner, LineRowScanner, ListRowScanner, type RowScanner } from "./row-scanner.ts";

/** The format of a row's text, by the extension of the file. */
export type RowFormat = "csv" | "json";

type RowKind = "csv" | "list" | "lines";

const formats: Readonly<Record<string, RowKind>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".json": "list",
  ".ndjson": "lines",
  ".jsonl": "lines",
};
/** The header of a CSV file must be in the first chunk. */
const chunkBytes = 1024 * 1024;
const utf8Mark = [0xef, 0xbb, 0xbf];
const mostRows = 2 ** 32;

/**
 * The rows of a CSV, JSON or NDJSON file. The file remains on disk: only the offsets of its rows are in memory, 8 bytes each.
 * It must not change while it is open.
 */
export class RowFile {
  readonly format: RowFormat;
  /** For CSV: the text before the first row, which names the columns; empty for JSON. */
  readonly head: string;
  readonly count: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly hash: string;
  readonly #file: number;
  /** The offset of each row, and the end of the last. */
  readonly #offsets: Float64Array;

  /** Whether the file is one JSON list: after each row comes a comma, or the end of the list. */
  readonly #isList: boolean;

  private constructor(path: string, kind: RowKind, { head, offsets, count, hash }: RowIndex) {
    this.format = kind === "csv" ? "csv" : "json";
    this.#isList = kind === "list";
    this.head = head;
    this.count = count;
    this.hash = hash;
    this.#offsets = offsets;
    this.#file = openSync(path, "r");
  }

  /**
   * Reads the whole file once, to find its rows.
   * @param name the name of the file in messages
   * @throws ConfigurationError if it cannot be read, has no rows, or is not valid, with the line
   */
  static async open(path: string, name: string): Promise<RowFile> {
    const kind = formats[extname(path).toLowerCase()];
    if (kind === undefined) {
      const known = Object.keys(formats).join(", ");
      throw new ConfigurationError(`${name}: rows are read from files that end in ${known}`);
    }
    const index = await readIndex(path, name, kind);
    if (index.count === 0) throw new ConfigurationError(`${name}: the file has no rows`);
    const file = new RowFile(path, kind, index);
    try {
      if (file.format === "json") file.#requireJson(name);
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The mean length of a row in bytes, including the separator before the next row. */
  get meanBytes(): number {
    return ((this.#offsets[this.count] ?? 0) - (this.#offsets[0] ?? 0)) / this.count;
  }

  /** Returns the texts of rows, in the order of `numbers`. Consecutive rows are read at once. */
  rows(numbers: readonly number[]): string[] {
    const texts: string[] = [];
    for (let from = 0; from < numbers.length; ) {
      let to = from + 1;
      while (to < numbers.length && numbers[to] === (numbers[to - 1] ?? 0) + 1) to++;
      this.#read(numbers[from] ?? 0, to - from, texts);
      from = to;
    }
    return texts;
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(first: number, count: number, texts: string[]): void {
    const start = this.#offsets[first] ?? 0;
    const bytes = Buffer.allocUnsafe((this.#offsets[first + count] ?? 0) - start);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(this.#file, bytes, length, bytes.length - length, start + length);
      if (read === 0) break;
      length += read;
    }
    for (let row = first; row < first + count; row++) {
      const from = (this.#offsets[row] ?? 0) - start;
      const text = bytes.toString("utf8", from, Math.min((this.#offsets[row + 1] ?? 0) - start, length));
      texts.push(this.#trimmed(text));
    }
  }

  /** Removes the separator before the next row, or the end of the list. */
  #trimmed(text: string): string {
    if (this.format === "csv") return text.replace(/[\r\n]+$/, "");
    const row = text.trimEnd();
    return this.#isList ? row.slice(0, -1) : row;
  }

  /**
   * Requires that all rows are JSON. The scanner finds only where rows begin, so an invalid row would be noticed only when it
   * is used.
   */
  #requireJson(name: string): void {
    for (let row = 0; row < this.count; row++) {
      const [text = ""] = this.rows([row]);
      try {
        JSON.parse(text);
      } catch (cause) {
        const why = (cause as Error).message;
        throw new ConfigurationError(`${name}: row ${row + 1} is not JSON: ${why}`, { cause });
      }
    }
  }
}

interface RowIndex {
  readonly head: string;
  readonly offsets: Float64Array;
  readonly count: number;
  readonly hash: string;
}

async function readIndex(path: string, name: string, kind: RowKind): Promise<RowIndex> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw new ConfigurationError(`${name} ${unreadable(path, cause)}`, { cause });
  }
  try {
    return await new IndexReader(kind).read(file);
  } catch (cause) {
    if (!(cause instanceof FileFault)) throw cause;
    throw new ConfigurationError(`${name}:${cause.line}:1: ${cause.message}`, { cause });
  } finally {
    await file.close();
  }
}

/** Reads a file chunk by chunk, and records where its rows begin. */
class IndexReader {
  readonly #kind: RowKind;
  #offsets = new Float64Array(1024);
  #count = 0;
  #head = "";
  #scanner: RowScanner | null = null;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  constructor(kind: RowKind) {
    this.#kind = kind;
  }

  async read(file: FileHandle): Promise<RowIndex> {
    const hash = createHash("sha256");
    let at = 0;
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      this.#requireText(chunk);
      const begun = this.#scanner === null ? this.#begin(chunk) : 0;
      this.#scanner?.scan(chunk.subarray(begun), at + begun);
      at += bytesRead;
    }
    if (this.#scanner === null) throw new FileFault("the file is empty", 1);
    this.#scanner.end();
    const offsets = this.#offsets.slice(0, this.#count + 1);
    offsets[this.#count] = at;
    return { head: this.#head, offsets, count: this.#count, hash: hash.digest("hex") };
  }

  /** Returns the offset at which the rows begin. */
  #begin(chunk: Buffer): number {
    const start = utf8Mark.every((byte, position) => chunk[position] === byte) ? utf8Mark.length : 0;
    const onRow = (at: number) => this.#add(at);
    if (this.#kind !== "csv") {
      this.#scanner = this.#kind === "list" ? new ListRowScanner(onRow) : new LineRowScanner(onRow);
      return start;
    }
    const text = chunk.toString("utf8", start);
    const dialect = dialectOf(text);
    const scanner = new CsvScanner(text, dialect);
    const header = readCsvHeader(scanner);
    this.#head = text.slice(0, scanner.offset);
    this.#scanner = new CsvRowScanner({ ...dialect, line: scanner.recordLine + 1 }, header, onRow);
    return start + Buffer.byteLength(this.#head);
  }

  #requireText(chunk: Buffer): void {
    const advice = "convert it to UTF-8: iconv -f ENCODING -t UTF-8 OLD > NEW";
    if (chunk.includes(0)) throw new FileFault(`a zero byte: the file is not text, or it is UTF-16; ${advice}`, 1);
    try {
      this.#decoder.decode(chunk, { stream: true });
    } catch {
      throw new FileFault(`after row ${this.#count}, the file is not UTF-8; ${advice}`, 1);
    }
  }

  #add(at: number): void {
    // One more for the end of the last row.
    if (this.#count + 1 >= this.#offsets.length) {
      const larger = new Float64Array(this.#offsets.length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    if (this.#count >= mostRows) throw new FileFault(`more than ${mostRows} rows`, this.#count);
    this.#offsets[this.#count++] = at;
  }
}
