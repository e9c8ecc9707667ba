import { isSecretField, mask } from "./secret-names.ts";

/** A quoted name and its colon. */
const namedValue = /"((?:[^"\\\n]|\\.){1,200})"\s*:\s*/g;
/** JSON inside a JSON text: \"name\":\"value\". The closing quote has the same backslashes as the opening one. */
const quotedJson = /(?<!\\)(\\{1,8}")([\w.-]{1,100})\1(\s*:\s*)\1((?:(?!\1)[\s\S])*)/g;

/**
 * Masks the values of secret fields in a JSON text, and leaves everything else as it is. The text may be cut at any place,
 * hold several values (NDJSON), or be only partly JSON (server-sent events).
 */
export function redactJson(text: string): string {
  let redacted = "";
  let done = 0;
  for (const match of text.matchAll(namedValue)) {
    const from = match.index + match[0].length;
    if (match.index < done || !isSecretField(match[1] ?? "")) continue;
    const value = new MaskedValue(text, from, /tokens$/i.test(match[1] ?? ""));
    redacted += text.slice(done, from) + value.masked;
    done = value.end;
  }
  redacted += text.slice(done);
  return redacted.replace(quotedJson, (whole, quote: string, name: string, colon: string) =>
    isSecretField(name) ? `${quote}${name}${quote}${colon}${quote}${mask}` : whole,
  );
}

/** The value of a secret field: its texts and numbers are masked, at any depth; names, true, false and null are kept. */
class MaskedValue {
  masked = "";
  /** The position after the value. */
  end: number;
  readonly #text: string;
  readonly #keepsNumbers: boolean;

  /** @param keepsNumbers whether numbers are counts: `"tokens": 12` */
  constructor(text: string, from: number, keepsNumbers: boolean) {
    this.#text = text;
    this.#keepsNumbers = keepsNumbers;
    this.end = from;
    let depth = 0;
    do {
      const before = this.end;
      depth += this.#take();
      if (this.end === before) break;
    } while (depth > 0 && this.end < text.length);
  }

  /** Consumes one token. Returns the change of the nesting depth. */
  #take(): number {
    const text = this.#text;
    const first = text[this.end] ?? "";
    if (first === '"') {
      this.#takeText();
      return 0;
    }
    if ("{[".includes(first) || "}]".includes(first)) {
      this.masked += first;
      this.end++;
      return "{[".includes(first) ? 1 : -1;
    }
    const [token = ""] = /^(?:[\s,:]+|[^\s,:"{}[\]]+)/.exec(text.slice(this.end, this.end + 10_000)) ?? [];
    const isNumber = /^-?\d/.test(token);
    this.masked += isNumber && !this.#keepsNumbers ? mask : token;
    this.end += token.length;
    return 0;
  }

  #takeText(): void {
    const text = this.#text;
    let end = this.end + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
    const isWhole = end < text.length;
    end = Math.min(end + 1, text.length);
    const quoted = text.slice(this.end, end);
    const isName = /^\s*:/.test(text.slice(end, end + 20));
    this.masked += isName || quoted === '""' ? quoted : `"${mask}${isWhole ? '"' : ""}`;
    this.end = end;
  }
}
