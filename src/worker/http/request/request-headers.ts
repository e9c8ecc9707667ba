import { describeValue } from "../../../core/describe-value.ts";
import { headerNameProblem, headerValueProblem } from "../../../scenario/definition/header-rules.ts";
import type { PendingHeaders } from "../../../scenario/definition/request-hooks.ts";
import { lengthOf, type OutgoingBody } from "../body-segments.ts";
import type { OutgoingHeaders } from "../engine.ts";
import { DefaultHeaders } from "./default-headers.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { requireRecord } from "./request-options.ts";
import type { Content } from "./unread-content.ts";

/** The headers of requests that set none. Most requests set none, and share this object. */
export const noHeaders: OutgoingHeaders = {
  list: [],
  hasHost: false,
  closes: false,
  hasConnection: false,
  hasLength: false,
};

const nothing: Readonly<Record<string, unknown>> = {};

interface KnownName {
  readonly inLowerCase: string;
  /** The last value that was validated: most headers always have the same value. */
  goodValue: string;
}

const maxKnownNames = 1_000;
const knownNames = new Map<string, KnownName>();

/** The headers of one request, each validated when it is added, so that no name or value contains a line break. */
export class RequestHeaders implements OutgoingHeaders, PendingHeaders {
  readonly list: string[] = [];
  hasHost = false;
  closes = false;
  hasConnection = false;
  hasLength = false;
  hasCookie = false;
  hasAuthorization = false;
  #hasContentType = false;
  readonly #given: Readonly<Record<string, unknown>>;
  /** Whether the headers being added are from a list, whose order and spelling are kept exactly. */
  #isOrdered = false;
  /** The `content-length` that the test sets; null for none. It must be the length of the body. */
  #contentLength: string | null = null;

  /** @throws InvalidRequest */
  constructor(given: unknown, defaults = DefaultHeaders.none) {
    if (given === undefined) this.#given = nothing;
    else if (Array.isArray(given)) this.#given = this.#addPairs(given);
    else {
      requireRecord("headers", given, '{ accept: "application/json" }');
      this.#given = given;
      for (const name of Object.keys(given)) this.#addGiven(name, given[name]);
    }
    if (defaults !== DefaultHeaders.none) this.#addDefaults(defaults);
  }

  /** @throws InvalidRequest when the test sets a length that differs from the body's. */
  checkLength(body: OutgoingBody): void {
    if (this.#contentLength === null) return;
    const length = lengthOf(body);
    if (this.#contentLength !== String(length)) {
      throw new InvalidRequest(`its content-length is ${this.#contentLength}, and its body has ${length} bytes`);
    }
  }

  /**
   * Adds the content type of a body, unless the test sets one.
   * @throws InvalidRequest when a request sets a content type for a body that needs its own
   */
  describe({ type, needsType }: Content): void {
    if (!this.#hasContentType) this.append("content-type", type);
    else if (needsType) this.#replaceContentType(type);
  }

  #replaceContentType(type: string): void {
    const position = this.list.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === "content-type");
    // The test removes the header.
    if (position < 0) return;
    if (isGiven(this.#given, "content-type")) {
      throw new InvalidRequest(
        "a multipart body (also a FormData) has its own content-type, which names its boundary: leave the header content-type out",
      );
    }
    this.list[position + 1] = type;
  }

  /** Adds a header that is known to be valid. */
  append(name: string, value: string): void {
    this.list.push(name, value);
  }

  entries(): (readonly [name: string, value: string])[] {
    return this.list.flatMap((name, at) => (at % 2 === 0 ? [[name, this.list[at + 1] ?? ""] as const] : []));
  }

  /** Returns the values of a header, joined by ", "; undefined without it. */
  get(name: string): string | undefined {
    const inLowerCase = name.toLowerCase();
    const values = this.list.filter((_, at) => at % 2 === 1 && this.list[at - 1]?.toLowerCase() === inLowerCase);
    return values.length === 0 ? undefined : values.join(", ");
  }

  /**
   * Sets a header, in place of all headers with this name.
   * @throws InvalidRequest
   */
  set(name: string, value: string): void {
    const text = textOf(`the header ${name}`, value);
    this.delete(name);
    this.#add(name, text);
  }

  delete(name: string): void {
    const { inLowerCase } = knownName(name);
    for (let at = this.list.length - 2; at >= 0; at -= 2) {
      if (this.list[at]?.toLowerCase() === inLowerCase) this.list.splice(at, 2);
    }
    if (inLowerCase === "host") this.hasHost = false;
    else if (inLowerCase === "connection") {
      this.closes = false;
      this.hasConnection = false;
    } else if (inLowerCase === "content-length") {
      this.#contentLength = null;
      this.hasLength = false;
    } else if (inLowerCase === "authorization") this.hasAuthorization = false;
    else if (inLowerCase === "cookie") this.hasCookie = false;
  }

  /** Adds the user and password of a URL, unless the test sets the header. */
  authorize(authorization: string | null): void {
    if (authorization !== null && !this.hasAuthorization) this.list.push("authorization", authorization);
  }

  #add(name: string, value: string): void {
    const known = knownName(name);
    if (known.goodValue !== value) {
      const problem = headerValueProblem(name, value);
      if (problem !== null) throw new InvalidRequest(problem);
      known.goodValue = value;
    }
    switch (known.inLowerCase) {
      case "host":
        if (this.hasHost) throw new InvalidRequest("it has more than one host");
        this.hasHost = true;
        if (this.#isOrdered) break;
        this.list.unshift(name, value);
        return;
      case "content-length":
        this.#contentLength = value;
        if (!this.#isOrdered) return;
        if (this.hasLength) throw new InvalidRequest("it has more than one content-length");
        this.hasLength = true;
        break;
      case "connection":
        if (!this.#isOrdered) {
          this.#addConnection(value);
          return;
        }
        this.#requireConnection(value);
        break;
      case "cookie":
        this.hasCookie = true;
        break;
      case "content-type":
        this.#hasContentType = true;
        break;
      case "authorization":
        this.hasAuthorization = true;
    }
    this.list.push(name, value);
  }

  #addGiven(name: string, value: unknown): void {
    if (typeof value === "string") this.#add(name, value);
    else if (Array.isArray(value))
      for (const one of value) this.#add(name, textOf(`a value in the list of the header ${name}`, one));
    else if (value === null) this.#leaveOut(name);
    else if (value !== undefined) this.#add(name, textOf(`the header ${name}`, value));
  }

  /** Adds a list of names and values. Returns the values by name. */
  #addPairs(pairs: readonly unknown[]): Record<string, unknown> {
    this.#isOrdered = true;
    const given: Record<string, unknown> = {};
    for (const pair of pairs) {
      const [name, value] = Array.isArray(pair) && pair.length === 2 ? (pair as unknown[]) : [];
      if (typeof name !== "string" || value === undefined || value === null) {
        throw new InvalidRequest(
          `the list of headers contains ${describeValue(pair)}; expected a name and a value, such as ["accept", "text/html"]`,
        );
      }
      this.#add(name, textOf(`the header ${name}`, value));
      given[name] = value;
    }
    this.#isOrdered = false;
    return given;
  }

  #requireConnection(value: string): void {
    const inLowerCase = value.toLowerCase();
    if (this.hasConnection || (inLowerCase !== "close" && inLowerCase !== "keep-alive")) {
      throw new InvalidRequest('the header connection can be "close" or "keep-alive", once');
    }
    this.hasConnection = true;
    this.closes = inLowerCase === "close";
  }

  #addDefaults({ list }: DefaultHeaders): void {
    for (const { name, inLowerCase, value } of list) if (!isGiven(this.#given, inLowerCase)) this.#add(name, value);
  }

  /** Prevents a header from being added automatically. */
  #leaveOut(name: string): void {
    const { inLowerCase } = knownName(name);
    if (inLowerCase === "cookie") this.hasCookie = true;
    else if (inLowerCase === "content-type") this.#hasContentType = true;
    else if (inLowerCase === "authorization") this.hasAuthorization = true;
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
    this.hasConnection = true;
    this.list.push("connection", "close");
  }
}

function knownName(name: string): KnownName {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const problem = headerNameProblem(name);
  if (problem !== null) throw new InvalidRequest(problem);
  const added = { inLowerCase: name.toLowerCase(), goodValue: "" };
  if (knownNames.size >= maxKnownNames) knownNames.clear();
  knownNames.set(name, added);
  return added;
}

/** Whether the test sets or removes this header. */
function isGiven(given: Readonly<Record<string, unknown>>, inLowerCase: string): boolean {
  for (const name of Object.keys(given)) {
    if (knownName(name).inLowerCase === inLowerCase && given[name] !== undefined) return true;
  }
  return false;
}

/** Converts a header value to text: tests in JavaScript may pass a number. `what` begins the error message. */
function textOf(what: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint" || Number.isFinite(value)) return String(value);
  throw new InvalidRequest(`${what} is ${describeValue(value)}; expected a string, or null to leave it out`);
}
