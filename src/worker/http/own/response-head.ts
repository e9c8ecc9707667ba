import type { HeaderSource } from "../engine.ts";
import { fieldValue } from "./bytes.ts";
import type { Framing } from "./framing.ts";

/** The head of a final response. Its headers are parsed only when they are read, which most tests never do. */
export class ResponseHead implements HeaderSource {
  readonly status: number;
  readonly framing: Framing;
  /** The text as received, one character per byte, from the status line to the empty line. */
  readonly #text: string;

  constructor(status: number, text: string, framing: Framing) {
    this.status = status;
    this.#text = text;
    this.framing = framing;
  }

  get hasSetCookie(): boolean {
    return this.framing.hasSetCookie;
  }

  get hasContentEncoding(): boolean {
    return this.framing.hasContentEncoding;
  }

  record(): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const line of this.#lines()) {
      const { name, value } = split(line);
      const present = Object.hasOwn(headers, name) ? headers[name] : undefined;
      set(headers, name, present === undefined ? value : `${present}, ${value}`);
    }
    return headers;
  }

  setCookie(): string[] {
    const fields = this.#lines().map(split);
    return fields.filter(({ name }) => name === "set-cookie").map(({ value }) => value);
  }

  #lines(): string[] {
    const lines = this.#text.split("\r\n");
    // Without the status line at the start and the two empty strings at the end.
    return lines.slice(1, -2);
  }
}

function split(line: string): { name: string; value: string } {
  const colon = line.indexOf(":");
  return { name: line.slice(0, colon).toLowerCase(), value: fieldValue(line, colon + 1) };
}

/** Sets a header, even one named "__proto__", which a plain assignment would not set. */
function set(headers: Record<string, string>, name: string, value: string): void {
  if (name in headers && !Object.hasOwn(headers, name)) {
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
  } else headers[name] = value;
}

/**
 * Returns the text of a validated head with one line per header. A line that begins with a blank is joined to the one
 * before (RFC 9112, 5.2), and every line ends with a carriage return and a line feed.
 */
export function unfoldedHead(text: string): string {
  const lines: string[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const isFold = line.startsWith(" ") || line.startsWith("\t");
    if (isFold) lines.push(`${withoutBlanksBehind(lines.pop() ?? "")} ${fieldValue(line, 0)}`);
    else lines.push(line);
  }
  return lines.join("\r\n");
}

function withoutBlanksBehind(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
  return line.slice(0, end);
}
