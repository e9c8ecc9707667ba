import { valueInWords } from "../../core/value-words.ts";
import type { OutgoingHeaders } from "./engine.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { requireRecord } from "./request-options.ts";

/** For the many requests that set none. */
export const noHeaders: OutgoingHeaders = { list: [], hasHost: false, closes: false };

/** These say how the message is framed or what becomes of the connection, which is the engine's to know. */
const reserved: ReadonlySet<string> = new Set(["transfer-encoding", "keep-alive", "upgrade", "expect"]);
const notInToken = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
const notInValue = /[^\t\x20-\x7e\x80-\xff]/;

interface KnownName {
  readonly inLowerCase: string;
  /** A value that was found to be good: most headers have the same one all the time. */
  goodValue: string;
}

const maxKnownNames = 1_000;
const knownNames = new Map<string, KnownName>();

/** The headers of one request, checked one by one as they are added: no line break gets out in a name or a value. */
export class RequestHeaders implements OutgoingHeaders {
  readonly list: string[] = [];
  hasHost = false;
  closes = false;
  hasCookie = false;
  hasContentType = false;
  hasAuthorization = false;
  /** As the test says it; the engine sends it as it is. */
  #contentLength: string | null = null;

  /** @throws InvalidRequest */
  constructor(given: unknown) {
    if (given === undefined) return;
    requireRecord("headers", given, '{ accept: "application/json" }');
    for (const name of Object.keys(given)) {
      const value = given[name];
      if (typeof value === "string") this.#add(name, value);
      else if (Array.isArray(value)) for (const one of value) this.#add(name, textOf(name, one));
      else if (value !== undefined) this.#add(name, textOf(name, value));
    }
  }

  /** @throws InvalidRequest when the test says another length than the body has. */
  checkLength(body: string | Uint8Array | null): void {
    if (this.#contentLength === null) return;
    const length = body === null ? 0 : Buffer.byteLength(body);
    if (this.#contentLength !== String(length)) {
      throw new InvalidRequest(`its content-length is ${this.#contentLength}, and its body has ${length} bytes`);
    }
  }

  /** Appends a header that is known to be good. */
  append(name: string, value: string): void {
    this.list.push(name, value);
  }

  #add(name: string, value: string): void {
    const known = knownName(name);
    if (known.goodValue !== value) {
      if (notInValue.test(value)) throw new InvalidRequest(`the value of the header ${name} has ${describe(value)}`);
      known.goodValue = value;
    }
    switch (known.inLowerCase) {
      case "host":
        if (this.hasHost) throw new InvalidRequest("it has more than one host");
        this.hasHost = true;
        this.list.unshift(name, value);
        return;
      case "content-length":
        this.#contentLength = value;
        return;
      case "connection":
        this.#addConnection(value);
        return;
      case "cookie":
        this.hasCookie = true;
        break;
      case "content-type":
        this.hasContentType = true;
        break;
      case "authorization":
        this.hasAuthorization = true;
    }
    this.list.push(name, value);
  }

  #addConnection(value: string): void {
    if (
      this.closes ||
      !value
        .toLowerCase()
        .split(",")
        .some((token) => token.trim() === "close")
    )
      return;
    this.closes = true;
    this.list.push("connection", "close");
  }
}

function knownName(name: string): KnownName {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  if (name === "" || notInToken.test(name)) throw new InvalidRequest(`${JSON.stringify(name)} is no name of a header`);
  const inLowerCase = name.toLowerCase();
  if (reserved.has(inLowerCase)) throw new InvalidRequest(`the header ${name} cannot be set`);
  const added = { inLowerCase, goodValue: "" };
  if (knownNames.size >= maxKnownNames) knownNames.clear();
  knownNames.set(name, added);
  return added;
}

/** A test in JavaScript may set a number. */
function textOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  throw new InvalidRequest(
    `the header ${name} is ${valueInWords(value)}; expected a text, or undefined to leave it out`,
  );
}

function describe(value: string): string {
  const found = notInValue.exec(value)?.[0] ?? "";
  if (found === "\r" || found === "\n") return "a line break in it";
  return `the character U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")} in it, which no header may have`;
}
