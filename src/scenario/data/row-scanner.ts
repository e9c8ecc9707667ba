import { FileFault } from "../bundle/file-fault.ts";

/** Finds where the rows of a file begin, in the bytes of the file, chunk by chunk. It allocates nothing per row. */
export interface RowScanner {
  /** @param at the offset of the chunk in the file @throws FileFault */
  scan(chunk: Uint8Array, at: number): void;
  /** @throws FileFault if the file ends too early */
  end(): void;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** Finds the rows of a CSV file after its header, by the same rules as for an imported CSV file. */
export class CsvRowScanner implements RowScanner {
  readonly #separator: number;
  readonly #columns: number;
  readonly #mostFields: number;
  readonly #endsInReturns: boolean;
  readonly #onRow: (at: number) => void;
  #line: number;
  #fields = 0;
  #state: "between" | "start" | "plain" | "quoted" | "closed" = "between";
  #isAfterReturn = false;

  constructor(
    dialect: { readonly separator: string; readonly endsInReturns: boolean; readonly line: number },
    { names, columns }: { readonly names: readonly string[]; readonly columns: number },
    onRow: (at: number) => void,
  ) {
    this.#separator = dialect.separator.charCodeAt(0);
    this.#endsInReturns = dialect.endsInReturns;
    this.#line = dialect.line;
    this.#columns = columns;
    this.#mostFields = names.length;
    this.#onRow = onRow;
  }

  scan(chunk: Uint8Array, at: number): void {
    for (let position = 0; position < chunk.length; position++) {
      const byte = chunk[position] as number;
      if (this.#state === "quoted") this.#quoted(byte);
      else if (byte === newline || byte === carriageReturn) this.#lineEnd(byte);
      else {
        if (this.#isAfterReturn) this.#requireReturns();
        if (this.#state === "between") this.#begin(at + position);
        this.#field(byte);
      }
    }
  }

  end(): void {
    if (this.#state === "quoted") throw new FileFault("a quote never ends", this.#line);
    this.#endRow();
  }

  #begin(at: number): void {
    this.#onRow(at);
    this.#fields = 1;
    this.#state = "start";
  }

  #quoted(byte: number): void {
    if (byte === quote) this.#state = "closed";
    else if (byte === newline) this.#line++;
  }

  #field(byte: number): void {
    if (byte === this.#separator) {
      this.#fields++;
      this.#state = "start";
    } else if (byte === quote) {
      // A quote after a closing quote is a doubled one.
      if (this.#state === "plain") throw new FileFault("a quote inside a field without quotes", this.#line);
      this.#state = "quoted";
    } else if (this.#state === "closed") {
      throw new FileFault("more text after the closing quote of a field", this.#line);
    } else this.#state = "plain";
  }

  #lineEnd(byte: number): void {
    // The second byte of "\r\n".
    if (byte === newline && this.#isAfterReturn) this.#isAfterReturn = false;
    else {
      if (this.#isAfterReturn) this.#requireReturns();
      this.#endRow();
      this.#line++;
      this.#isAfterReturn = byte === carriageReturn;
    }
  }

  #requireReturns(): void {
    this.#isAfterReturn = false;
    if (!this.#endsInReturns) throw new FileFault("a carriage return inside a line", this.#line - 1);
  }

  #endRow(): void {
    const isRow = this.#state !== "between";
    this.#state = "between";
    if (!isRow || (this.#fields >= this.#columns && this.#fields <= this.#mostFields)) return;
    const fields = this.#fields === 1 ? "1 field" : `${this.#fields} fields`;
    throw new FileFault(`${fields}, but the header has ${this.#columns}`, this.#line);
  }
}

/** Finds the rows of a file with one JSON value per line (NDJSON, JSON lines). Empty lines are skipped. */
export class LineRowScanner implements RowScanner {
  readonly #onRow: (at: number) => void;
  #isInRow = false;

  constructor(onRow: (at: number) => void) {
    this.#onRow = onRow;
  }

  scan(chunk: Uint8Array, at: number): void {
    for (let position = 0; position < chunk.length; position++) {
      const byte = chunk[position] as number;
      if (byte === newline) this.#isInRow = false;
      else if (!this.#isInRow && !isBlank(byte)) {
        this.#isInRow = true;
        this.#onRow(at + position);
      }
    }
  }

  end(): void {}
}

const comma = 0x2c;
const backslash = 0x5c;
const opening = "[{";
const closing = "]}";

/** Finds the rows of a JSON file that contains one list: each of its items is a row. */
export class ListRowScanner implements RowScanner {
  readonly #onRow: (at: number) => void;
  #line = 1;
  /** The number of open brackets: 0 before and after the list. */
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #expects: "list" | "first" | "item" | "separator" | "end" = "list";

  constructor(onRow: (at: number) => void) {
    this.#onRow = onRow;
  }

  scan(chunk: Uint8Array, at: number): void {
    for (let position = 0; position < chunk.length; position++) {
      const byte = chunk[position] as number;
      if (this.#isInText) this.#text(byte);
      else if (byte === newline) this.#line++;
      else if (!isBlank(byte)) this.#token(byte, at + position);
    }
  }

  end(): void {
    if (this.#expects === "list") throw new FileFault("an empty JSON file has no list of rows", this.#line);
    if (this.#expects !== "end") throw new FileFault("the JSON ends too early", this.#line);
  }

  #text(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#isInText = false;
  }

  #token(byte: number, at: number): void {
    const character = String.fromCharCode(byte);
    if (this.#expects === "list") {
      if (character !== "[")
        throw new FileFault("expected a list of rows: the file begins with another value", this.#line);
      this.#depth = 1;
      this.#expects = "first";
      return;
    }
    if (this.#expects === "end") throw new FileFault("more text after the list", this.#line);
    if (this.#depth === 1) this.#betweenItems(byte, character, at);
    else if (opening.includes(character)) this.#depth++;
    else if (closing.includes(character)) this.#depth--;
    this.#isInText = byte === quote;
  }

  #betweenItems(byte: number, character: string, at: number): void {
    if (character === "]") {
      if (this.#expects === "item") throw new FileFault("a comma before the end of the list", this.#line);
      this.#expects = "end";
    } else if (byte === comma) {
      if (this.#expects !== "separator") throw new FileFault("a comma without a row before it", this.#line);
      this.#expects = "item";
    } else {
      if (this.#expects !== "separator") this.#onRow(at);
      this.#expects = "separator";
      if (opening.includes(character)) this.#depth++;
    }
  }
}

/** Whether a byte is a blank or a line end in JSON. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === newline || byte === carriageReturn;
}
