import { HttpParseError } from "../../../../src/worker/http/own/errors.ts";
import { ResponseParser } from "../../../../src/worker/http/own/response-parser.ts";

/** What the parser made of some bytes. */
export interface Parsed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookie: readonly string[];
  readonly body: string;
  /** "complete"; "more" when it waits for more bytes; else why the bytes were refused. */
  readonly outcome: string;
  readonly keepsAlive: boolean;
  readonly idleSeconds: number;
  /** Bytes that were left behind a complete response. */
  readonly left: number;
}

export interface ParseOptions {
  /** Where to cut the bytes into pieces. */
  readonly cuts?: readonly number[];
  readonly isAnswerToHead?: boolean;
  /** The connection closes behind the bytes. */
  readonly closes?: boolean;
}

/** Feeds `text`, one character a byte, to a new parser. */
export function parse(text: string, options: ParseOptions = {}): Parsed {
  const { cuts = [], isAnswerToHead = false, closes = false } = options;
  const seen = { status: 0, headers: {}, setCookie: [] as readonly string[], body: "" };
  const parser = new ResponseParser({
    head(head) {
      Object.assign(seen, { status: head.status, headers: head.record(), setCookie: head.setCookie() });
    },
    body(bytes, from, to) {
      seen.body += bytes.toString("latin1", from, to);
    },
  });
  parser.begin(isAnswerToHead);
  let left = 0;
  let outcome = "more";
  try {
    left = feedPieces(parser, Buffer.from(text, "latin1"), cuts);
    if (closes) parser.finish();
    if (parser.isComplete) outcome = "complete";
  } catch (error) {
    if (!(error instanceof HttpParseError)) throw error;
    outcome = error.message;
  }
  const isComplete = outcome === "complete";
  const keepsAlive = isComplete && parser.keepsAlive;
  return { ...seen, outcome, keepsAlive, idleSeconds: isComplete ? parser.idleSeconds : -1, left };
}

/** Each piece lies in a buffer of its own, at an offset, among bytes that are not of it. */
function feedPieces(parser: ResponseParser, bytes: Buffer, cuts: readonly number[]): number {
  const borders = [0, ...cuts, bytes.length];
  for (let index = 0; index + 1 < borders.length; index++) {
    const from = borders[index] as number;
    const to = borders[index + 1] as number;
    const surrounded = Buffer.alloc(to - from + 8, "\r\n: 0x");
    bytes.copy(surrounded, 3, from, to);
    const end = parser.feed(surrounded, 3, 3 + to - from) - 3 + from;
    if (end < to) return bytes.length - end;
  }
  return 0;
}
