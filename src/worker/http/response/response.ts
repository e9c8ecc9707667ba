import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { InvalidValue } from "../../../core/invalid-value.ts";
import type { FollowedRedirect, HttpResponse } from "../../../scenario/definition/http.ts";
import type { HeaderSource, OutgoingRequest } from "../engine.ts";
import type { Failure } from "./failure.ts";
import { bodyBytes, bodyText, type ReceivedBody } from "./received-body.ts";

/** A small response may decompress to more than the available memory. */
const options = { maxOutputLength: 256 * 1024 * 1024 };
const maxCodings = 5;

const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes, options),
  "x-gzip": (bytes) => gunzipSync(bytes, options),
  // "deflate" means with a zlib header, but some servers omit it.
  deflate: (bytes) => (((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options)),
  br: (bytes) => brotliDecompressSync(bytes, options),
  zstd: (bytes) => zstdDecompressSync(bytes, options),
  identity: (bytes) => bytes,
};

/**
 * Decodes a body with the Content-Encoding `coding`. A body with an unknown coding is returned unchanged.
 * @throws Error when the bytes do not match the coding.
 */
function decodeContent(bytes: Buffer, coding: string | undefined): Buffer {
  // Responses to HEAD and 304 have the header but no body.
  if (coding === undefined || bytes.length === 0) return bytes;
  const steps = coding.toLowerCase().split(",", maxCodings + 1);
  const known = steps.map((step) => (Object.hasOwn(decoders, step.trim()) ? decoders[step.trim()] : undefined));
  if (steps.length > maxCodings || known.includes(undefined)) return bytes;
  return known.reduceRight((content, decode) => (decode === undefined ? content : decode(content)), bytes);
}

/** The test reads a body in a way that its source code does not show. */
class BodyNotKept extends Error {
  readonly code = "MUSTER_BODY_NOT_KEPT";

  constructor() {
    super(
      "bodies are not kept, because the code of the test contains none of `body`, `text` and `json`: name what it reads",
    );
  }
}

const none: readonly FollowedRedirect[] = [];

/**
 * A response as the test sees it. `ok` and `error` are set once it has been checked. Headers and body stay undecoded
 * until they are read, because most tests only look at the status.
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
  /** Null when bodies are not kept. */
  #received: ReceivedBody | null;
  #isDecoded = false;
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
    return bodyText(ReceivedResponse.#called("text", this).#content());
  }

  json<Value = unknown>(): Value {
    return JSON.parse(bodyText(ReceivedResponse.#called("json", this).#content())) as Value;
  }

  /** @throws InvalidValue for a method that was detached from its response, as by `const { json } = response`. */
  static #called(method: string, response: ReceivedResponse | undefined): ReceivedResponse {
    if (typeof response === "object" && response !== null && #received in response) return response;
    throw new InvalidValue(`${method} was called without its response: write response.${method}()`);
  }

  /** Called when the test will not get this response. A streamed one ends its request. */
  discard(): void {}

  /** The received body, decompressed. */
  #content(): ReceivedBody {
    if (this.#received === null) throw new BodyNotKept();
    if (this.#source?.hasContentEncoding && !this.#isDecoded) {
      this.#received = decodeContent(bodyBytes(this.#received), this.headers["content-encoding"]);
      this.#isDecoded = true;
    }
    return this.#received;
  }
}

/** Splits a set-cookie header (RFC 6265, 5.2). */
function nameAndValue(header: string): [name: string, value: string] {
  const [pair = ""] = header.split(";", 1);
  const mark = pair.indexOf("=");
  return [pair.slice(0, Math.max(0, mark)).trim(), pair.slice(mark + 1).trim()];
}
