import { carriageReturn, hexValue, lineFeed, semicolon, space, tab, textEnd } from "./bytes.ts";
import { HttpParseError } from "./errors.ts";
import { FieldLines } from "./field-lines.ts";
import { maxChunkExtensionBytes, maxChunkSizeDigits, maxTrailerBytes } from "./limits.ts";

/** Receives the body of a response as ranges of the bytes that were fed. */
export interface BodySink {
  body(bytes: Buffer, from: number, to: number): void;
}

/**
 *   size -> [blanks ->] [extension ->] size-ended -> data -> data-ended -> data-line-feed -> size ...
 *                                                 -> trailers (after a chunk of size 0)
 *
 * The line of a chunk size must end with a carriage return and a line feed. curl also accepts a line feed alone; Go
 * does not, because proxies that disagree on where a chunk ends have been used to smuggle requests.
 */
type State = "size" | "blanks" | "extension" | "size-ended" | "data" | "data-ended" | "data-line-feed" | "trailers";

/** Reads a chunked body and its trailers, in any number of pieces. The trailers are dropped. */
export class ChunkedBody {
  isDone = false;
  readonly #trailers = new FieldLines();
  #state: State = "size";
  #size = 0;
  #digitCount = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;
  /** The number of bytes left in the current chunk. */
  #bytesLeft = 0;

  begin(): void {
    this.isDone = false;
    this.#beginChunk();
  }

  /**
   * Returns the position after the last byte that was read.
   * @throws HttpParseError
   */
  feed(bytes: Buffer, from: number, to: number, sink: BodySink): number {
    let at = from;
    while (at < to && !this.isDone) at = this.#step(bytes, at, to, sink);
    return at;
  }

  #step(bytes: Buffer, at: number, to: number, sink: BodySink): number {
    switch (this.#state) {
      case "size":
        return this.#readSize(bytes[at] as number, at);
      case "blanks":
        return this.#readBlank(bytes[at] as number, at);
      case "extension":
        return this.#readExtension(bytes, at, to);
      case "size-ended":
        expect(bytes[at], lineFeed, "a chunk size");
        this.#endSize();
        return at + 1;
      case "data":
        return this.#readData(bytes, at, to, sink);
      case "data-ended":
        expect(bytes[at], carriageReturn, "a chunk");
        this.#state = "data-line-feed";
        return at + 1;
      case "data-line-feed":
        expect(bytes[at], lineFeed, "a chunk");
        this.#beginChunk();
        return at + 1;
      case "trailers":
        return this.#readTrailers(bytes, at, to);
    }
  }

  #beginChunk(): void {
    this.#state = "size";
    this.#size = 0;
    this.#digitCount = 0;
    this.#extensionBytes = 0;
  }

  #readSize(byte: number, at: number): number {
    const value = hexValue[byte] as number;
    if (value < 16) {
      if (++this.#digitCount > maxChunkSizeDigits) throw new HttpParseError("a chunk size of too many digits");
      this.#size = this.#size * 16 + value;
      if (this.#size > Number.MAX_SAFE_INTEGER) throw new HttpParseError("a chunk size of too many digits");
      return at + 1;
    }
    if (this.#digitCount === 0) throw new HttpParseError("a chunk without a size");
    return this.#endDigits(byte, at);
  }

  #endDigits(byte: number, at: number): number {
    if (byte === carriageReturn) this.#state = "size-ended";
    else if (byte === semicolon) this.#state = "extension";
    else if (byte === space || byte === tab) this.#state = "blanks";
    else throw new HttpParseError("forbidden byte in a chunk size");
    return at + 1;
  }

  /** Load balancers pad sizes with blanks. RFC 9112, 7.1.1, allows them before an extension. */
  #readBlank(byte: number, at: number): number {
    if (++this.#extensionBytes > maxChunkExtensionBytes) throw new HttpParseError("a chunk extension too large");
    return this.#endDigits(byte, at);
  }

  #readExtension(bytes: Buffer, from: number, to: number): number {
    const at = textEnd(bytes, from, to);
    this.#extensionBytes += at - from;
    if (this.#extensionBytes > maxChunkExtensionBytes) throw new HttpParseError("a chunk extension too large");
    if (at === to) return at;
    expect(bytes[at], carriageReturn, "a chunk extension");
    this.#state = "size-ended";
    return at + 1;
  }

  #endSize(): void {
    if (this.#size > 0) {
      this.#bytesLeft = this.#size;
      this.#state = "data";
      return;
    }
    this.#trailers.begin();
    this.#trailerBytes = 0;
    this.#state = "trailers";
  }

  #readData(bytes: Buffer, from: number, to: number, sink: BodySink): number {
    const end = Math.min(to, from + this.#bytesLeft);
    this.#bytesLeft -= end - from;
    if (this.#bytesLeft === 0) this.#state = "data-ended";
    sink.body(bytes, from, end);
    return end;
  }

  #readTrailers(bytes: Buffer, from: number, to: number): number {
    const at = this.#trailers.feed(bytes, from, to, 0);
    this.#trailerBytes += at - from;
    if (this.#trailerBytes > maxTrailerBytes) throw new HttpParseError("trailers too large");
    this.isDone = this.#trailers.isDone;
    return at;
  }
}

function expect(byte: number | undefined, wanted: number, where: string): void {
  if (byte !== wanted) throw new HttpParseError(`forbidden byte at the end of ${where}`);
}
