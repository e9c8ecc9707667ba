import { hideSecrets } from "../core/redaction/known-secrets.ts";
import { redactBody } from "../core/redaction/redact.ts";
import { withoutConnection } from "./connection-message.ts";

/** A cache of normalised messages: a failing service returns the same message for every request. */
export class MessageCache {
  readonly #grouped = new Map<string, string>();

  /** @see groupedMessage */
  grouped(raw: string): string {
    const cached = this.#grouped.get(raw);
    if (cached !== undefined) return cached;
    const message = groupedMessage(raw);
    if (raw.length > maxRead) return message;
    if (this.#grouped.size === maxCached) this.#grouped.clear();
    this.#grouped.set(raw, message);
    return message;
  }
}

const maxLength = 300;
/** The number of messages in the cache. */
const maxCached = 64;
/**
 * The length up to which a message is processed: it bounds the cost of the patterns, whatever a test puts into its errors.
 */
const maxRead = 1_000;
/** The length up to which secrets are masked in a message. */
const mostShown = 4_000;

/** The replacement for an identifier, a memory address or a number of six or more digits. */
const value = "<value>";
const time = "<time>";

const day = String.raw`(?:\d{4}[-/]\d\d[-/]\d\d|\d\d/[A-Z][a-z]{2}/\d{4})`;
const clock = String.raw`\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?`;
const offset = String.raw`[+-]\d\d:?\d\d`;
const zone = String.raw`(?: ?(?:(?:Z|GMT|UTC)(?:${offset})?|${offset})(?!\w)(?: \([A-Z][a-z]+(?: [A-Z][a-z]+){0,3}\))?)?`;
/** The code in a message of OpenSSL, which is the same for the same cause. */
const openSslCode = "error:(?=[0-9A-F]{8}:)[0-9A-F]{0,7}";
const weekday = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? ";
const calendar = String.raw`(?:[A-Z][a-z]{2} \d\d?(?: \d{4})?|\d\d? [A-Z][a-z]{2} \d{4})`;

/** The replacements, in this order; none matches the result of an earlier one. */
const replacements: readonly (readonly [RegExp, string | ((match: string, ...rest: never[]) => string)])[] = [
  [/\p{Cc}\[[\d;]{0,16}m/gu, ""],
  [/[\s\p{Cc}]+/gu, " "],
  [/(Unexpected token '.{1,2}', )(?:\.\.\.)?".{0,60}?"(?:\.\.\.)? is not valid JSON/gsu, '$1"…" is not valid JSON'],
  [/(?<=JSON) at position \d+(?: \(line \d+ column \d+\))?/g, ""],
  [/(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/gi, "<uuid>"],
  [/\beyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?/g, value],
  [/\b(Bearer|Basic) [\w.~+/-]{8,}={0,2}/g, `$1 ${value}`],
  [new RegExp(`${weekday}${calendar}(?: ${clock}${zone})?(?: \\d{4}\\b)?`, "g"), time],
  [new RegExp(`(?<![\\w./-])${day}(?:[T :]${clock}${zone})?(?![\\w/-])`, "g"), time],
  [new RegExp(`(?<![\\w:.])${clock}${zone}(?![\\w:])`, "g"), time],
  [/\b\d{8}T\d{6}(?:\.\d{1,9})?Z?\b/g, time],
  [/(?<=\d\.\d{1,3}:|\]:|::1:|localhost:|port[ :=]{1,3})\d{5}(?!\d)/gi, ephemeralPort],
  [/[iI][dD]["']?(?: ?[:=#] ?| )["']?(?=[\w-]{0,40}\d|[\w-]{8,40}=)[\w-]+/g, labelledId],
  [/\b0x[0-9a-f]{5,}\b/gi, value],
  [new RegExp(`(?<![0-9a-z]|\\d\\.|${openSslCode})(?=[a-f]{0,40}\\d)[0-9a-f]{8,}(?![0-9a-z])`, "gi"), value],
  [/(?<![0-9a-z])[0-9a-z]{16,}(?![0-9a-z])/gi, randomWord],
  [/(?<![\w-])[\w-]{20,}(?![\w-])/g, randomWord],
  [new RegExp(`(?<!\\d|\\d\\.|${openSslCode})(?:\\d{1,20}\\.\\d{6,}|\\d{6,}(?:\\.\\d+)?)(?!\\d)`, "g"), value],
];

/** Matches `(load-test.ts:12:5)`, the place where the test threw. It is the same for one cause, so it is kept. */
const place = / \([^()]{1,200}\.[cm]?[jt]sx?(?::\d{1,7}){1,2}\)$/;

/**
 * Normalises a message so that errors with the same cause are one row: one line of at most 300 characters, without the
 * parts that differ each time, and with secrets masked. Numbers of up to five digits (a status, a limit, a count) stay.
 */
export function groupedMessage(raw: string): string {
  // Secrets are masked before the message is cut, so that no part of a secret remains.
  const shown = hideSecrets(raw.length > mostShown ? raw.slice(0, mostShown) : raw);
  const read = shown.length > maxRead ? `${shown.slice(0, maxRead)}…` : shown;
  const end = place.exec(read)?.[0] ?? "";
  let text = withoutConnection(end === "" ? read : read.slice(0, -end.length));
  for (const [pattern, by] of replacements) text = text.replace(pattern, by as string);
  text = `${redactBody(text.trim())}${end}`;
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/**
 * Replaces a port in the range that systems use for clients. The port of a failed connection is the service's, and stays.
 */
function ephemeralPort(port: string, offset: number, text: string): string {
  const number = Number(port);
  if (number < 32_768 || number > 65_535) return port;
  return /\b(?:connect|bind|listen) E[A-Z]+ \S+$/.test(text.slice(Math.max(0, offset - 80), offset)) ? port : value;
}

/** Replaces the id in `id 42`, `jobId: 42`, `request_id=a-1`, `pid 42`; not in `valid 42`. */
function labelledId(match: string, offset: number, text: string): string {
  const before = text.charAt(offset - 1);
  const isWord = !/[A-Za-z]/.test(before) || (match.startsWith("I") && /[a-z]/.test(before));
  const isShort = /[ptugsPTUGS]/.test(before) && !/[A-Za-z]/.test(text.charAt(offset - 2));
  if (!isWord && !isShort) return match;
  return `${/^..["']?(?: ?[:=#] ?| )["']?/.exec(match)?.[0] ?? ""}${value}`;
}

/**
 * Replaces a ULID, a nanoid or a similar id: it has digits in many places, or changes the kind of character often. A name
 * does neither.
 */
function randomWord(word: string): string {
  let digitRuns = 0;
  let changes = 0;
  let before = "";
  for (const character of word) {
    const kind = kindOf(character);
    if (kind === before || kind === "") continue;
    if (kind === "digit") digitRuns++;
    if (before !== "") changes++;
    before = kind;
  }
  const hasSeparator = /[_-]/.test(word);
  return (digitRuns >= 3 && !hasSeparator) || (digitRuns >= 2 && changes >= word.length * 0.45) ? value : word;
}

function kindOf(character: string): string {
  if (character >= "0" && character <= "9") return "digit";
  if (character >= "a" && character <= "z") return "lower";
  return character >= "A" && character <= "Z" ? "upper" : "";
}
