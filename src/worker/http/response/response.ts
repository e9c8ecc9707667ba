import { InvalidValue } from "../../../core/invalid-value.ts";
import type { FollowedRedirect, HttpResponse } from "../../../scenario/definition/http.ts";
import type { HeaderSource, OutgoingRequest } from "../engine.ts";
import { BodyTooLarge, bodyMemory, smallBodyBytes } from "./body-memory.ts";
import { decodeContent } from "./content-coding.ts";
import type { Failure } from "./failure.ts";
import { BodyBlocks, bodyBytes, bodyText, type ReceivedBody } from "./received-body.ts";

/** The test reads a body in a way that its source code does not show. */
class BodyNotKept extends Error {
  readonly code = "MUSTER_BODY_NOT_KEPT";

  constructor() {
    super(
      "bodies are not kept, because the code of the test contains none of `body`, `text` and `json`: use one of these names",
    );
  }
}

const none: readonly FollowedRedirect[] = [];

/**
 * A response as the test sees it. `ok` and `error` are set once it has been checked. Headers and body are not decoded until
 * they are read, because most tests only look at the status.
 */
export class ReceivedResponse implements HttpResponse {
  readonly status: number;
  readonly durationMs: number;
  ok = true;
  error: Failure | null = null;
  redirects: readonly FollowedRedirect[] = none;
  retries = 0;
  readonly #request: OutgoingRequest;
  readonly #source: HeaderSource | null;
  #headers: Readonly<Record<string, string>> | null = null;
  /** The body, which is decompressed when it is first read; null if bodies are not kept. */
  #received: ReceivedBody | null;
  #isDecoded = false;
  #tooLarge: BodyTooLarge | null = null;
  /** Whether the memory of its text is counted. */
  #hasText = false;
  #body: Uint8Array | null = null;

  constructor(
    request: OutgoingRequest,
    status: number,
    source: HeaderSource | null,
    received: ReceivedBody | null,
    durationMs: number,
  ) {
    this.#request = request;
    this.status = status;
    this.#source = source;
    this.#received = received;
    this.durationMs = durationMs;
  }

  get url(): string {
    return this.#request.origin + this.#request.path;
  }

  get cookies(): Readonly<Record<string, string>> {
    const values = this.#source?.hasSetCookie ? this.#source.setCookie() : [];
    return Object.fromEntries(values.map(nameAndValue).filter(([name]) => name !== ""));
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= this.#source?.record() ?? {};
    return this.#headers;
  }

  /** @throws Error when the body does not match its Content-Encoding, or was too large to be kept. */
  get body(): Uint8Array {
    this.#body ??= bodyBytes(this.#content());
    return this.#body;
  }

  /** @throws Error as `body` does. */
  text(): string {
    return ReceivedResponse.#called("text", this).#text(1);
  }

  /** @throws Error as `body` does; SyntaxError */
  json<Value = unknown>(): Value {
    // A value that has 2 bytes in the body takes 8 bytes or more once it is parsed.
    return JSON.parse(ReceivedResponse.#called("json", this).#text(4)) as Value;
  }

  /** @param share the memory that the result takes, as a multiple of the body */
  #text(share: number): string {
    const content = this.#content();
    const length = content instanceof BodyBlocks ? content.toBuffer().length : content.length;
    if (length > smallBodyBytes) this.#requireRoom(length, share);
    return bodyText(content);
  }

  /** @throws BodyTooLarge if this worker has no memory for the text of a body of `length` bytes */
  #requireRoom(length: number, share: number): void {
    const hasRoom = bodyMemory.roomFor(length * share) >= length * share;
    if (hasRoom && (this.#hasText || bodyMemory.hold(this, length) !== null)) {
      this.#hasText = true;
      return;
    }
    throw new BodyTooLarge(bodyMemory.describe(`the body has ${length} bytes, and its content takes more`));
  }

  /** @throws InvalidValue for a method that was detached from its response, as by `const { json } = response`. */
  static #called(method: string, response: ReceivedResponse | undefined): ReceivedResponse {
    if (typeof response === "object" && response !== null && #received in response) return response;
    throw new InvalidValue(`${method} was called without its response: write response.${method}()`);
  }

  /** Called when the test will not get this response. A streamed response then ends its request. */
  discard(): void {}

  /** Returns the received body, decompressed. */
  #content(): ReceivedBody {
    if (this.#received === null) throw new BodyNotKept();
    // A body that was too large is not decompressed again.
    if (this.#tooLarge !== null) throw this.#tooLarge;
    if (this.#source?.hasContentEncoding && !this.#isDecoded) this.#decode(this.#received);
    return this.#received;
  }

  #decode(received: ReceivedBody): void {
    const bytes = bodyBytes(received);
    try {
      this.#received = decodeContent(bytes, this.headers["content-encoding"]);
    } catch (error) {
      if (error instanceof BodyTooLarge) this.#tooLarge = error;
      throw error;
    }
    if (this.#received !== bytes && received instanceof BodyBlocks) received.release();
    this.#isDecoded = true;
  }
}

/** Splits a set-cookie header (RFC 6265, 5.2). */
function nameAndValue(header: string): [name: string, value: string] {
  const [pair = ""] = header.split(";", 1);
  const mark = pair.indexOf("=");
  return [pair.slice(0, Math.max(0, mark)).trim(), pair.slice(mark + 1).trim()];
}
