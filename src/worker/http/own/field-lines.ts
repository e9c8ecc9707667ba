import { carriageReturn, colon, isToken, lineFeed, space, tab, textEnd, tokenEnd } from "./bytes.ts";
import { HttpParseError } from "./errors.ts";
import { maxFieldLines } from "./limits.ts";

type State = "line" | "name" | "value" | "value-ended" | "last-line";

/**
 * Scans the header lines of a head or the trailers, up to the empty line, in any number of pieces. It only checks which
 * bytes are allowed, and marks the lines whose name is as long as one that the engine needs.
 */
export class FieldLines {
  isDone = false;
  /** Whether a line was folded or ended without a carriage return: then the text must be unfolded before it is parsed. */
  isUnusual = false;
  /**
   * Where the marked lines begin, as offsets from the first byte of the message. The first `markCount` entries are
   * valid.
   */
  readonly marks: number[] = [];
  markCount = 0;
  #state: State = "line";
  #lineCount = 0;
  #nameAt = 0;

  begin(): void {
    this.isDone = false;
    this.isUnusual = false;
    this.markCount = 0;
    this.#state = "line";
    this.#lineCount = 0;
  }

  /**
   * `offset`: what to add to a position in `bytes` to get the position in the message. Returns the position after the
   * last byte that was read.
   * @throws HttpParseError
   */
  feed(bytes: Uint8Array, from: number, to: number, offset: number): number {
    let at = from;
    while (at < to && !this.isDone) at = this.#readLine(bytes, at, to, offset);
    return at;
  }

  /** Reads a line at once if it is complete and valid. Nearly all are, and it takes half the time. */
  #readLine(bytes: Uint8Array, from: number, to: number, offset: number): number {
    if (this.#state !== "line") return this.#step(bytes, from, to, offset);
    const nameEnd = tokenEnd(bytes, from, to);
    if (nameEnd === from || nameEnd === to || bytes[nameEnd] !== colon) return this.#step(bytes, from, to, offset);
    const valueEnd = textEnd(bytes, nameEnd + 1, to);
    if (valueEnd + 1 >= to || bytes[valueEnd] !== carriageReturn || bytes[valueEnd + 1] !== lineFeed) {
      return this.#step(bytes, from, to, offset);
    }
    this.#countLine();
    this.#note(from + offset, nameEnd - from);
    return valueEnd + 2;
  }

  #step(bytes: Uint8Array, at: number, to: number, offset: number): number {
    switch (this.#state) {
      case "line":
        return this.#readStart(bytes, at, offset);
      case "name":
        return this.#readName(bytes, at, to, offset);
      case "value":
        return this.#readValue(bytes, at, to);
      default:
        return this.#readLineFeed(bytes, at);
    }
  }

  #countLine(): void {
    if (++this.#lineCount > maxFieldLines) throw new HttpParseError(`more than ${maxFieldLines} headers`);
  }

  #note(at: number, nameLength: number): void {
    switch (nameLength) {
      // connection, keep-alive, set-cookie; content-length; content-encoding; transfer-encoding
      case 10:
      case 14:
      case 16:
      case 17:
        this.marks[this.markCount++] = at;
    }
  }

  #readStart(bytes: Uint8Array, at: number, offset: number): number {
    const byte = bytes[at] as number;
    if (byte === carriageReturn) {
      this.#state = "last-line";
      return at + 1;
    }
    if (byte === lineFeed) {
      this.isUnusual = true;
      this.isDone = true;
      return at + 1;
    }
    if (byte === space || byte === tab) return this.#readFold(at);
    if (isToken[byte] !== 1) throw new HttpParseError("a header without a name");
    this.#countLine();
    this.#nameAt = at + offset;
    this.#state = "name";
    return at;
  }

  /**
   * Obsolete line folding (RFC 9112, 5.2), which a client has to read as blanks. The first line cannot be a
   * continuation.
   */
  #readFold(at: number): number {
    if (this.#lineCount === 0) throw new HttpParseError("a first header that begins with a blank");
    this.isUnusual = true;
    this.#state = "value";
    return at + 1;
  }

  #readName(bytes: Uint8Array, from: number, to: number, offset: number): number {
    const at = tokenEnd(bytes, from, to);
    if (at === to) return at;
    if (bytes[at] !== colon) throw new HttpParseError("forbidden byte in the name of a header");
    this.#note(this.#nameAt, at + offset - this.#nameAt);
    this.#state = "value";
    return at + 1;
  }

  #readValue(bytes: Uint8Array, from: number, to: number): number {
    const at = textEnd(bytes, from, to);
    if (at === to) return at;
    if (bytes[at] === carriageReturn) this.#state = "value-ended";
    else if (bytes[at] === lineFeed) {
      this.isUnusual = true;
      this.#state = "line";
    } else throw new HttpParseError("forbidden byte in the value of a header");
    return at + 1;
  }

  #readLineFeed(bytes: Uint8Array, at: number): number {
    if (bytes[at] !== lineFeed) throw new HttpParseError("a carriage return without a line feed in a header");
    this.isDone = this.#state === "last-line";
    this.#state = "line";
    return at + 1;
  }
}
