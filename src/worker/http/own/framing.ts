import { fieldValue } from "./bytes.ts";
import { HttpParseError } from "./errors.ts";

const digitZero = 0x30;

/** How the end of a response body is found. */
export type BodyKind = "none" | "length" | "chunked" | "until-close";

/**
 * What the head of a response says about the length of the body and about the connection (RFC 9112, section 6.3). A
 * head that two readers could read as different bodies is refused, because such heads are used to smuggle responses.
 */
export class Framing {
  readonly body: BodyKind;
  /** The length of a body of kind `length`. */
  readonly length: number;
  /** Whether the connection can carry another request. */
  readonly keepsAlive: boolean;
  /** How long the server keeps an idle connection, in seconds; -1 if it does not announce this. */
  idleSeconds = -1;
  hasSetCookie = false;
  hasContentEncoding = false;
  #contentLength = -1;
  #isChunked = false;
  #saysIdentity = false;
  #saysClose = false;
  #saysKeepAlive = false;

  /**
   * `head`: the text from the status line to the empty line. `marks`: the positions of the lines to parse.
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
    // RFC 9112, 6.3: a repeated equal length is allowed; a different one is used to split responses.
    if (this.#contentLength >= 0 && this.#contentLength !== length) {
      throw new HttpParseError("more than one Content-Length");
    }
    this.#contentLength = length;
  }

  #readCoding(value: string): void {
    const coding = value.toLowerCase();
    // In RFC 2616, "identity" means no coding at all. Old servers send it together with a length.
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
    // A reader that does not know "identity" reads the body up to the end of the connection.
    if (this.body === "until-close" || this.#saysClose || this.#saysIdentity) return false;
    // A 204 response has no body. If the server announces and sends one, it would be read as the next response.
    if (status === 204 && !isAnswerToHead && (this.#isChunked || this.#contentLength > 0)) return false;
    // HTTP/1.0 does not have chunked bodies: an intermediary may find another end of the body than this parser.
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
  if (!Number.isSafeInteger(length)) throw new HttpParseError("a Content-Length that is not a number of bytes");
  return length;
}

/** Returns the one value of a list such as "5, 5", which proxies make of repeated headers. @throws HttpParseError */
function sameLength(list: string): number {
  const [first = Number.NaN, ...others] = list.split(",").map((part) => lengthOf(fieldValue(part, 0)));
  if (others.some((length) => length !== first)) throw new HttpParseError("more than one Content-Length");
  return first;
}

/** Whether the line at `at` begins with `name`, which is in lower case and ends with a colon. */
function isNamed(head: string, at: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const wanted = name.charCodeAt(index);
    const byte = head.charCodeAt(at + index);
    // A letter may differ in its case bit only; "-" and ":" must be equal.
    if (byte !== wanted && (wanted < 0x61 || (byte | 0x20) !== wanted)) return false;
  }
  return true;
}
