import type { Parsed } from "../own/parsed.ts";
import type { CurlCase, CurlOutcome } from "./curl.ts";

/** Where the parser is stricter than curl on purpose, by what it says. curl looks at no more than it needs. */
const strictness: readonly (readonly [says: RegExp, why: string])[] = [
  [/^more$/, "the connection broke off in the head; curl takes what came"],
  [/does not begin with HTTP/, "curl takes any version, and what only looks like one"],
  [/more than 3 digits/, "curl reads three digits, and whatever comes next"],
  [/without a name|name of a header/, "a name that is none: readers disagree on whether there is a header"],
  [/begins with a blank/, "there is no header that it could continue"],
  [/a carriage return without a line feed/, "some readers take it for the end of a line"],
  [/forbidden byte in the (value of a header|status line)/, "control characters; curl refuses NUL only"],
  [
    /more than one Content-Length|both a Content-Length and/,
    "this is how responses are split; curl has one of them count",
  ],
  [/not a number of bytes/, "curl reads the digits at the beginning, and takes an empty one for none"],
  [/other than chunked, once/, "it is decoded nowhere; curl takes what it does not know for no coding"],
  [/at the end of a chunk( size| extension)?$/, "a line feed alone, or anything, as the end of a chunk's line"],
  [/forbidden byte in a chunk size/, "curl reads over what stands behind a size"],
  [/more than \d+ |too large/, "limits on what a server can make the generator keep; curl's are others"],
  [/change of protocol/, "nobody asked for it; curl takes it for an answer"],
];

/** Null when curl and the parser agree, or disagree for a reason that is named here; else how they differ. */
export function differenceTo(curl: CurlOutcome, own: Parsed, { text }: CurlCase): string | null {
  const isAccepted = own.outcome === "complete";
  if (isAccepted && curl.isAccepted) {
    return own.status === curl.status && own.body === curl.body ? null : "both read it, but differently";
  }
  if (isAccepted) {
    // Some servers send an empty line too many behind a body, or a head without one.
    return /^[\r\n]|\n\r?\n[\r\n]/.test(text) && curl.why.includes("HTTP/0.9")
      ? null
      : `only the parser reads it; curl: ${curl.why}`;
  }
  if (!curl.isAccepted || strictness.some(([says]) => says.test(own.outcome))) return null;
  return `only curl reads it; the parser: ${own.outcome}`;
}
