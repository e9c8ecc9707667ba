import { fieldValue } from "./bytes.ts";
import { HttpParseError } from "./errors.ts";

const digitZero = 0x30;

/** Where the body of a response ends. */
export type BodyKind = "none" | "length" | "chunked" | "until-close";

/**
 * What the head of a response says about its end and about the connection (RFC 9112, section 6.3). Anything that two
 * readers might take for different bodies is refused: that is how responses are smuggled.
 */
export class Framing {
  readonly body: BodyKind;
  /** Of a body of kind `length`. */
  readonly length: number;
  /** The connection may carry another request. */
  readonly keepsAlive: boolean;
  /** For how long it may lie idle, as the server says; -1 when it does not. */
  idleSeconds = -1;
  hasSetCookie = false;
  hasContentEncoding = false;
  #contentLength = -1;
  #isChunked = false;
  #saysIdentity = false;
  #saysClose = false;
  #saysKeepAlive = false;

  /**
   * `head` is the text from the status line to the empty line, `marks` the positions of the lines to look at.
   * @throws HttpParseError
   */
  constructor(
    head: string,
    marks: readonly number[],
    markCount: number,
    status: number,
    minorVersion: number,
    isAnswerToHead: boolean,
  ) {
    for (let index = 0; index < markCount; index++) this.#readLine(head, marks[index] as number);
    this.body = this.#bodyKind(status, isAnswerToHead);
    this.length = this.#contentLength;
    this.keepsAlive = this.#keepsConnection(status, minorVersion, isAnswerToHead);
  }

  #readLine(head: string, at: number): void {
    if (isNamed(head, at, "content-length:")) this.#readLength(fieldValue(head, at + 15));
    else if (isNamed(head, at, "connection:")) this.#readConnection(fieldValue(head, at + 11));
    else if (isNamed(head, at, "transfer-encoding:")) this.#readCoding(fieldValue(head, at + 18));
    else if (isNamed(head, at, "set-cookie:")) this.hasSetCookie = true;
    else if (isNamed(head, at, "content-encoding:")) this.hasContentEncoding = true;
    else if (isNamed(head, at, "keep-alive:")) this.#readKeepAlive(fieldValue(head, at + 11));
  }

  #readLength(value: string): void {
    const length = value.includes(",") ? sameLength(value) : lengthOf(value);
    // RFC 9112, 6.3: the same length again says nothing new; another one is how responses are split.
    if (this.#contentLength >= 0 && this.#contentLength !== length) {
      throw new HttpParseError("more than one Content-Length");
    }
    this.#contentLength = length;
  }

  #readCoding(value: string): void {
    const coding = value.toLowerCase();
    // Of RFC 2616: no coding at all. Old servers say it beside a length.
    if (coding === "identity" && !this.#isChunked && !this.#saysIdentity) {
      this.#saysIdentity = true;
      return;
    }
    if (this.#isChunked || this.#saysIdentity || coding !== "chunked") {
      throw new HttpParseError("a Transfer-Encoding other than chunked, once");
    }
    this.#isChunked = true;
  }

  #readConnection(value: string): void {
    if (value === "keep-alive") {
      this.#saysKeepAlive = true;
      return;
    }
    for (const part of value.toLowerCase().split(",")) {
      const token = fieldValue(part, 0);
      if (token === "close") this.#saysClose = true;
      else if (token === "keep-alive") this.#saysKeepAlive = true;
    }
  }

  #readKeepAlive(value: string): void {
    const digits = /(?:^|,)[\t ]*timeout=([0-9]{1,9})/i.exec(value)?.[1];
    if (digits !== undefined) this.idleSeconds = Number(digits);
  }

  #bodyKind(status: number, isAnswerToHead: boolean): BodyKind {
    if (this.#isChunked && this.#contentLength >= 0) {
      throw new HttpParseError("both a Content-Length and a Transfer-Encoding");
    }
    if (isAnswerToHead || status === 204 || status === 304 || this.#contentLength === 0) return "none";
    if (this.#isChunked) return "chunked";
    return this.#contentLength > 0 ? "length" : "until-close";
  }

  #keepsConnection(status: number, minorVersion: number, isAnswerToHead: boolean): boolean {
    // To a reader that does not know "identity", the body goes on to the end of the connection.
    if (this.body === "until-close" || this.#saysClose || this.#saysIdentity) return false;
    // A 204 has no content. If what it announces comes all the same, it would be read as the next response.
    if (status === 204 && !isAnswerToHead && (this.#isChunked || this.#contentLength > 0)) return false;
    // HTTP/1.0 does not know chunks: who passes them on may not see their end where we do.
    return minorVersion === 1 || (this.#saysKeepAlive && !this.#isChunked);
  }
}

/** @throws HttpParseError */
function lengthOf(value: string): number {
  let length = value === "" ? Number.NaN : 0;
  for (let index = 0; index < value.length; index++) {
    const digit = value.charCodeAt(index) - digitZero;
    length = digit >= 0 && digit <= 9 ? length * 10 + digit : Number.NaN;
  }
  if (!Number.isSafeInteger(length)) throw new HttpParseError("a Content-Length that is no number of bytes");
  return length;
}

/** Of a list, "5, 5", which proxies make of repeated headers. @throws HttpParseError */
function sameLength(list: string): number {
  const [first = Number.NaN, ...others] = list.split(",").map((part) => lengthOf(fieldValue(part, 0)));
  if (others.some((length) => length !== first)) throw new HttpParseError("more than one Content-Length");
  return first;
}

/** Whether the line at `at` begins with `name`, which is in lower case and ends with the colon. */
function isNamed(head: string, at: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const wanted = name.charCodeAt(index);
    const byte = head.charCodeAt(at + index);
    // Of letters only the bit of the case may differ; "-" and ":" stand for themselves.
    if (byte !== wanted && (wanted < 0x61 || (byte | 0x20) !== wanted)) return false;
  }
  return true;
}
