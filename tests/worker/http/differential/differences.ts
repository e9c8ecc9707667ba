import { isDeepStrictEqual } from "node:util";
import type { Outcome, Recording } from "./playback.ts";

/** Where the engines may disagree. */
export interface Difference {
  readonly what: string;
  readonly why: string;
  explains(recording: Recording, own: Outcome, undici: Outcome): boolean;
}

const afterLastHead = (text: string) => text.slice(text.lastIndexOf("HTTP/1."));
const isRefusedBy = (outcome: Outcome) => outcome.kind === "protocol";

export const differences: readonly Difference[] = [
  {
    what: "an informational response 100",
    why: "undici takes a 100 that it has not asked for as a failure; RFC 9110, 15.2, has a client ignore it",
    explains: ({ text }, _own, undici) =>
      /HTTP\/1\.[01] 100[ \r]/.test(text) && undici.kind === "reset" && undici.status === 0,
  },
  {
    what: "an informational response that says how the connection or a body goes on",
    why: "it has no body, and what it says of the connection is not for undici's parser to end the exchange with",
    explains: ({ text }, _own, undici) =>
      /HTTP\/1\.[01] 1\d\d/.test(text) && isRefusedBy(undici) && undici.status === 0,
  },
  {
    what: "a change of protocol without a request for it",
    why: "the answer breaks the protocol; undici calls it a broken connection",
    explains: ({ text }, own, undici) =>
      /HTTP\/1\.[01] 101/.test(text) && isRefusedBy(own) && (undici.kind === "reset" || undici.status === 200),
  },
  {
    what: "a reset in a body that goes on to the end of the connection",
    why: "nobody can say that it was whole; undici takes it for the end",
    explains: ({ ending }, own, undici) =>
      ending === "reset" && own.kind === "reset" && undici.kind === null && own.status === undici.status,
  },
  {
    what: "a body cut short on a connection that was to close anyway",
    why: "the connection broke off, as it does without that header; undici calls it a breach of the protocol",
    explains: ({ text }, own, undici) =>
      /connection: *close/i.test(text) && own.kind === "reset" && isRefusedBy(undici) && own.status === undici.status,
  },
  {
    what: "a Transfer-Encoding other than chunked, once",
    why: "two readers may see different bodies, and it is decoded nowhere; undici reads to the end or the last chunk",
    explains: ({ text }, own, undici) =>
      /transfer-encoding:/i.test(afterLastHead(text)) &&
      isRefusedBy(own) &&
      own.status === 0 &&
      (undici.status !== 0 || !isRefusedBy(undici)),
  },
  {
    what: "a head that breaks off behind what it may not have",
    why: "it is wrong, and it broke off: which is told first depends on when a line is looked at; both are true",
    explains: ({ text }, own, undici) =>
      !afterLastHead(text).includes("\r\n\r\n") &&
      own.status + undici.status === 0 &&
      [own.kind, undici.kind].toSorted().join() === "protocol,reset",
  },
  {
    what: "versions other than 1.0 and 1.1",
    why: "the syntax of other versions is not known; undici takes 0.9 and 2.0 too",
    explains: ({ text }, own, undici) => /HTTP\/(0\.9|2\.0)/.test(text) && isRefusedBy(own) && !isRefusedBy(undici),
  },
  {
    what: "a status below 100",
    why: "there is none; undici waits for the rest",
    explains: ({ text }, own, undici) => /HTTP\/1\.[01] 0\d\d/.test(text) && isRefusedBy(own) && !isRefusedBy(undici),
  },
  {
    what: "a Content-Length above 2^53",
    why: "it is no exact number any more, and nobody sends as much; undici waits for the rest",
    explains: ({ text }, own, undici) =>
      /content-length:[\t ]*\d{16}/i.test(text) && isRefusedBy(own) && !isRefusedBy(undici),
  },
  {
    what: "control characters in the reason phrase",
    why: "RFC 9112, 4, does not allow them; undici takes all but line ends",
    explains: ({ text }, own, undici) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
      /^HTTP\/1\.[01] \d\d\d[^\r\n]*[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/m.test(text) &&
      isRefusedBy(own) &&
      !isRefusedBy(undici),
  },
  {
    what: "extensions of chunks that are no pairs of names and values",
    why: "they end with the line whatever is in them, and nobody reads them; undici checks their grammar",
    explains: ({ text }, own, undici) => /[0-9a-f];/i.test(text) && !isRefusedBy(own) && isRefusedBy(undici),
  },
  {
    what: "line feeds alone in a head",
    why: "RFC 9112, 2.2, lets a reader take one for the end of a line; curl, Go and Python do. A body behind it can be wrong, too",
    explains: ({ text }, own, undici) =>
      /[^\r]\n/.test(text) && isRefusedBy(undici) && (!isRefusedBy(own) || own.status > undici.status),
  },
  {
    what: "a header that goes on in the next line",
    why: "RFC 9112, 5.2, has a client read it as blanks",
    explains: ({ text }, own, undici) => /\n[\t ]/.test(text) && !isRefusedBy(own) && isRefusedBy(undici),
  },
  {
    what: "a header that goes on: the blanks between its lines",
    why: "RFC 9112, 5.2, has them replaced by blanks, one of which is enough",
    explains: ({ text }, own, undici) =>
      /\n[\t ]/.test(text) && isDeepStrictEqual(comparable(own, 0, /[\t ]+/g), comparable(undici, 0, /[\t ]+/g)),
  },
  {
    what: "the same Content-Length again",
    why: "RFC 9112, 6.3, allows to take it for one; curl and Go do",
    explains: ({ text }, own, undici) =>
      /content-length:[\s\S]*content-length:|content-length:[^\r\n]*,/i.test(text) &&
      !isRefusedBy(own) &&
      isRefusedBy(undici),
  },
  {
    what: "identity as a Transfer-Encoding",
    why: "in RFC 2616 it stood for none; undici has the body go on to the end, or refuses a length beside it",
    explains: ({ text }) => /transfer-encoding:[\t ]*identity/i.test(text),
  },
  {
    what: "blanks behind chunked",
    why: "they do not belong to the value; undici does not know the coding with a tab behind it",
    explains: ({ text }) => /transfer-encoding:[^\r\n]*chunked[\t ]+\r?\n/i.test(text),
  },
  {
    what: "blanks behind the size of a chunk",
    why: "load balancers pad sizes, and RFC 9112, 7.1.1, allows blanks before an extension",
    explains: ({ text }, own, undici) => /[0-9a-f][\t ]+(;|\r)/i.test(text) && !isRefusedBy(own) && isRefusedBy(undici),
  },
  {
    what: "more blanks than one before the status",
    why: "Go and Python take them, too",
    explains: ({ text }, own, undici) => /HTTP\/1\.[01] {2,}\d/.test(text) && !isRefusedBy(own) && isRefusedBy(undici),
  },
  {
    what: "limits on chunk sizes, extensions, trailers and the number of headers",
    why: "what a hostile server can make the generator keep or count has limits; undici has none for these",
    explains: ({ text }, own, undici) =>
      (text.length > 4_000 || /[0-9a-f]{14}/i.test(text)) && isRefusedBy(own) && !isRefusedBy(undici),
  },
];

/**
 * But for blanks behind the value of a header, which RFC 9110, 5.5, does not count to it, and for how much was read of
 * what both refuse.
 */
export function areEqual(own: Outcome, undici: Outcome): boolean {
  const bytesIn = isRefusedBy(own) && isRefusedBy(undici) ? 0 : undefined;
  return isDeepStrictEqual(comparable(own, bytesIn), comparable(undici, bytesIn));
}

function comparable(outcome: Outcome, bytesIn = outcome.bytesIn, blanks = /[\t ]+(?=,|$)/g): Outcome {
  const entries = Object.entries(outcome.headers).map(([name, value]) => [name, value.replace(blanks, "")]);
  return { ...outcome, bytesIn, headers: Object.fromEntries(entries) };
}
