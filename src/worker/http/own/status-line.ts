import { carriageReturn, lineFeed, space, textEnd } from "./bytes.ts";
import { HttpParseError } from "./errors.ts";

const prefix = Buffer.from("HTTP/1.");
const digitZero = 0x30;

/** Positions in "HTTP/1.1 200 OK". */
const versionAt = prefix.length;
const statusAt = versionAt + 2;
const reasonAt = statusAt + 3;

/** Parses a line such as "HTTP/1.1 200 OK\r\n", in any number of pieces. */
export class StatusLine {
  status = 0;
  minorVersion = 1;
  isDone = false;
  /** Whether the line ended without a carriage return. */
  isUnusual = false;
  /** The number of bytes read, up to the start of the reason phrase. */
  #position = 0;
  #hasCarriageReturn = false;

  begin(): void {
    this.status = 0;
    this.isDone = false;
    this.isUnusual = false;
    this.#position = 0;
    this.#hasCarriageReturn = false;
  }

  /**
   * Returns the position after the last byte that was read.
   * @throws HttpParseError
   */
  feed(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && this.#position < reasonAt) this.#readByte(bytes[at++] as number);
    return at === to ? at : this.#readReason(bytes, at, to);
  }

  #readReason(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    if (this.#position === reasonAt) {
      // Some servers send "HTTP/1.1 200" without the space after it, which is not ambiguous.
      const byte = bytes[at];
      if (byte !== space && byte !== carriageReturn && byte !== lineFeed) {
        throw new HttpParseError("a status of more than 3 digits");
      }
      this.#position++;
    }
    if (!this.#hasCarriageReturn) {
      at = textEnd(bytes, at, to);
      if (at === to) return at;
      if (bytes[at] === lineFeed) this.isUnusual = true;
      else if (bytes[at++] !== carriageReturn) throw new HttpParseError("forbidden byte in the status line");
      this.#hasCarriageReturn = true;
    }
    if (at === to) return at;
    if (bytes[at] !== lineFeed) throw new HttpParseError("a carriage return without a line feed in the status line");
    this.isDone = true;
    return at + 1;
  }

  #readByte(byte: number): void {
    // More than one blank between version and status.
    if (this.#position === statusAt && byte === space) return;
    const position = this.#position++;
    if (position < statusAt) this.#readVersion(byte, position);
    else this.#readStatus(byte, position);
  }

  #readVersion(byte: number, position: number): void {
    if (position < versionAt) {
      if (byte !== prefix[position]) throw new HttpParseError("the answer does not begin with HTTP/1.");
    } else if (position === versionAt) {
      this.minorVersion = byte - digitZero;
      if (this.minorVersion !== 0 && this.minorVersion !== 1) throw new HttpParseError("neither HTTP/1.0 nor HTTP/1.1");
    } else if (byte !== space) throw new HttpParseError("neither HTTP/1.0 nor HTTP/1.1");
  }

  #readStatus(byte: number, position: number): void {
    const digit = byte - digitZero;
    const lowest = position === statusAt ? 1 : 0;
    if (digit < lowest || digit > 9) throw new HttpParseError("a status that is not a number of 3 digits");
    this.status = this.status * 10 + digit;
  }
}
