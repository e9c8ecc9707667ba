import { carriageReturn, lineFeed } from "./bytes.ts";
import { type BodySink, ChunkedBody } from "./chunked-body.ts";
import { HttpParseError } from "./errors.ts";
import { FieldLines } from "./field-lines.ts";
import { Framing } from "./framing.ts";
import type { LatestHead } from "./latest-head.ts";
import { maxHeadBytes, maxInformationalResponses } from "./limits.ts";
import { ResponseHead, unfoldedHead } from "./response-head.ts";
import { StatusLine } from "./status-line.ts";

/** Receives the parts of one response. */
export interface ResponseSink extends BodySink {
  head(head: ResponseHead): void;
}

type State = "blank" | "status" | "fields" | "length" | "chunked" | "until-close" | "complete";

/**
 * Parses the responses of one connection, each after a call of `begin`, in any number of pieces. It buffers only an
 * unfinished head, and does not depend on sockets.
 */
export class ResponseParser {
  readonly #sink: ResponseSink;
  readonly #statusLine = new StatusLine();
  readonly #fields = new FieldLines();
  /** Created for the first chunked body: many services send none. */
  #chunked: ChunkedBody | null = null;
  #state: State = "complete";
  #isAnswerToHead = false;
  /** The latest head in response to requests like this one. */
  #latestHead: LatestHead | null = null;
  #head: ResponseHead | null = null;
  /** The part of an unfinished head that has arrived so far. */
  #headText = "";
  #informationalCount = 0;
  /** The number of bytes left of a body with a length. */
  #bytesLeft = 0;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  get isComplete(): boolean {
    return this.#state === "complete";
  }

  /** Whether the connection can carry another request. Valid once the response is complete. */
  get keepsAlive(): boolean {
    return this.#head?.framing.keepsAlive === true;
  }

  /**
   * How long the server keeps an idle connection, in seconds; -1 if it does not announce this. Valid once the response is
   * complete.
   */
  get idleSeconds(): number {
    return this.#head?.framing.idleSeconds ?? -1;
  }

  /**
   * Begins a response: the next bytes are the response to a request that was just sent. `latestHead`: the latest head for
   * such requests.
   */
  begin(isAnswerToHead: boolean, latestHead: LatestHead | null = null): void {
    this.#isAnswerToHead = isAnswerToHead;
    this.#latestHead = latestHead;
    this.#head = null;
    this.#informationalCount = 0;
    this.#beginHead();
  }

  /**
   * Returns the position after the last byte of the response. It is less than `to` if the response is complete and more
   * bytes follow.
   * @throws HttpParseError
   */
  feed(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#state !== "complete") at = this.#step(bytes, at, to);
    return at;
  }

  /** Called when the server has closed the connection. Returns false if that was in the middle of the response. */
  finish(): boolean {
    if (this.#state === "until-close") this.#state = "complete";
    return this.#state === "complete";
  }

  #step(bytes: Buffer, at: number, to: number): number {
    switch (this.#state) {
      case "blank":
        return this.#beginResponse(bytes, at, to);
      case "status":
      case "fields":
        return this.#readHead(bytes, at, to);
      case "length":
        return this.#readLength(bytes, at, to);
      case "chunked":
        return this.#readChunks(bytes, at, to);
      default:
        this.#sink.body(bytes, at, to);
        return to;
    }
  }

  #beginHead(): void {
    this.#statusLine.begin();
    this.#fields.begin();
    this.#headText = "";
    this.#state = "blank";
  }

  #beginResponse(bytes: Buffer, from: number, to: number): number {
    const known = this.#latestHead?.match(bytes, from, to) ?? null;
    if (known === null) return this.#skipBlankLines(bytes, from, to);
    this.#beginBody(known);
    return from + (this.#latestHead as LatestHead).length;
  }

  /** Some servers send an extra line end after a body. Other clients accept it, too. */
  #skipBlankLines(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && (bytes[at] === carriageReturn || bytes[at] === lineFeed)) at++;
    if (at < to) this.#state = "status";
    return at;
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    let at = from;
    if (this.#state === "status") {
      at = this.#statusLine.feed(bytes, at, to);
      if (this.#statusLine.isDone) this.#state = "fields";
    }
    if (this.#state === "fields") at = this.#fields.feed(bytes, at, to, this.#headText.length - from);
    if (this.#headText.length + at - from > maxHeadBytes) {
      throw new HttpParseError(`a head of more than ${maxHeadBytes / 1024} KB`);
    }
    const text = bytes.toString("latin1", from, at);
    const isWhole = this.#headText === "";
    this.#headText = isWhole ? text : this.#headText + text;
    if (!this.#fields.isDone) return at;
    const head = this.#endHead();
    if (head !== null && isWhole) this.#latestHead?.missed(bytes, from, at, head);
    return at;
  }

  /** Returns null for an informational (1xx) response. */
  #endHead(): ResponseHead | null {
    const { status } = this.#statusLine;
    const text = this.#headText;
    this.#headText = "";
    if (status < 200) {
      this.#skipInformational(status);
      return null;
    }
    return this.#statusLine.isUnusual || this.#fields.isUnusual
      ? this.#endUnusualHead(text)
      : this.#endFinalHead(text, this.#fields);
  }

  /** The marks belong to the text as received, so each line must be found again in the unfolded text. */
  #endUnusualHead(text: string): ResponseHead {
    const unfolded = unfoldedHead(text);
    const fields = new FieldLines();
    fields.begin();
    const at = unfolded.indexOf("\r\n") + 2;
    fields.feed(Buffer.from(unfolded, "latin1"), at, unfolded.length, 0);
    return this.#endFinalHead(unfolded, fields);
  }

  #endFinalHead(text: string, { marks, markCount }: FieldLines): ResponseHead {
    const { status, minorVersion } = this.#statusLine;
    const framing = new Framing(text, marks, markCount, status, minorVersion, this.#isAnswerToHead);
    const head = new ResponseHead(status, text, framing);
    this.#beginBody(head);
    return head;
  }

  #beginBody(head: ResponseHead): void {
    const { body, length } = head.framing;
    this.#head = head;
    this.#state = body === "none" ? "complete" : body;
    if (body === "length") this.#bytesLeft = length;
    else if (body === "chunked") {
      this.#chunked ??= new ChunkedBody();
      this.#chunked.begin();
    }
    this.#sink.head(head);
  }

  #skipInformational(status: number): void {
    if (status === 101) throw new HttpParseError("a change of protocol without a request for it");
    if (++this.#informationalCount > maxInformationalResponses) {
      throw new HttpParseError(`more than ${maxInformationalResponses} informational responses`);
    }
    this.#beginHead();
  }

  #readLength(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#bytesLeft);
    this.#bytesLeft -= end - from;
    if (this.#bytesLeft === 0) this.#state = "complete";
    this.#sink.body(bytes, from, end);
    return end;
  }

  #readChunks(bytes: Buffer, from: number, to: number): number {
    const chunked = this.#chunked as ChunkedBody;
    const end = chunked.feed(bytes, from, to, this.#sink);
    if (chunked.isDone) this.#state = "complete";
    return end;
  }
}
