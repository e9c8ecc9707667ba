/** What a test sees of HTTP. The implementation lives in `worker/http/`. */

import type { FailureKind } from "../../core/failure-kind.ts";

/** Any method; a usual one in any case, others as they are sent: "PURGE". */
export type Method =
  | "GET"
  | "HEAD"
  | "POST"
  | "PUT"
  | "PATCH"
  | "DELETE"
  | "OPTIONS"
  // Editors offer the names above only if this is not just `string`.
  | (string & Record<never, never>);

/**
 * The expectation that decides whether a request failed, in place of "status below 400":
 * one status, several, or a function that returns true, or false, or a message that says what was wrong.
 */
export type Expectation = number | readonly number[] | ((response: HttpResponse) => boolean | string);

/** A path that is appended to the host, or a whole URL: text, or a `URL`. */
export type RequestUrl = string | { readonly href: string; readonly searchParams: SearchParameters };

/** A `URLSearchParams`, described by its methods: whoever has no types of Node.js or of browsers has none of that name. */
export interface SearchParameters {
  getAll(name: string): string[];
  sort(): void;
  toString(): string;
}

/** A `Blob` or a `File`. */
export interface BinaryObject {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A `FormData`. */
export interface FormFields {
  append(name: string, value: string): void;
  getAll(name: string): unknown[];
  set(name: string, value: string): void;
}

/** What is sent as it is: text as UTF-8, bytes, or what has a content type of its own, which is sent with it. */
export type RequestBody = string | ArrayBufferLike | ArrayBufferView | SearchParameters | BinaryObject | FormFields;

/** Fields of a query or a form. For a field that occurs more than once: `new URLSearchParams([["id", "1"], ["id", "2"]])`. */
export type RequestFields = Readonly<Record<string, string | number | bigint | boolean>> | SearchParameters;

/** A header of a request; `null` leaves it out, `undefined` says nothing. */
export type HeaderValue = string | number | boolean | bigint | readonly (string | number)[] | null | undefined;

export interface RequestOptions {
  /** The name to report under, for URLs with ids in them: `/jobs/:id`. Default: the path without its query. */
  readonly name?: string;
  /** For thresholds that are about a part of the requests: `response_time{kind:search}`. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Over those of the user, of its class and of the test. A number is sent as text, a list as one header for each value;
   * `undefined` changes nothing, `null` leaves out what would be sent otherwise.
   */
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  /** Appended to the URL, percent-encoded. */
  readonly query?: RequestFields;
  /** Sent as JSON with `content-type: application/json`. At most one of `json`, `form` and `body`. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: RequestFields;
  readonly body?: RequestBody;
  /** From asking for the request to the last byte of its response, or limits on its parts; default: the test's. */
  readonly timeout?: string | RequestTimeouts;
  readonly expect?: Expectation;
  /** Follow so many redirects; default: the test's, else 0. Each is a request of its own, under `name` or its own path. */
  readonly maxRedirects?: number;
}

/** How long the parts of a request may take. What is not said is as the test says, or its default. */
export interface RequestTimeouts {
  /** From asking for the request until a connection is there, with TLS; default `"30s"`. */
  readonly connect?: string;
  /** From the first byte of the request to the whole head of the response; default: as long as `total`. */
  readonly headers?: string;
  /** The longest wait for more of the body: from the head on, and after whatever has come; default: as long as `total`. */
  readonly body?: string;
  /** From asking for the request to the last byte of the response; default `"60s"`. */
  readonly total?: string;
}

/** A response that led to another request, by `maxRedirects`. */
export interface FollowedRedirect {
  /** What was asked for, and answered by the redirect. */
  readonly url: string;
  readonly status: number;
}

export interface HttpResponse {
  /** What was asked for, with the query and without user, password and fragment; after redirects, the last URL. */
  readonly url: string;
  /** The redirects that were followed, in their order; empty without any. */
  readonly redirects: readonly FollowedRedirect[];
  /** 0 when no response came; then `error` says why. */
  readonly status: number;
  /** Names in lower case; the values of a repeated name are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** The cookies that this response set, by name, without their attributes. */
  readonly cookies: Readonly<Record<string, string>>;
  /** True when the request did not fail, as it was counted. */
  readonly ok: boolean;
  /** Service time: from the write of the request to the last byte of the response. */
  readonly durationMs: number;
  readonly error: { readonly kind: FailureKind; readonly message: string } | null;
  readonly body: Uint8Array;
  text(): string;
  /** @throws SyntaxError when the body is not JSON. */
  json<Value = unknown>(): Value;
}

/** Default headers of one user; names in upper or lower case. */
export interface ClientHeaders {
  get(name: string): string | undefined;
  /** For all requests from now on: `vu.http.headers.set("authorization", token)`. */
  set(name: string, value: string): void;
  /** Also one of the class or of the test. */
  delete(name: string): void;
}

/** The cookies of one user, which responses set and requests carry. */
export interface ClientCookies {
  /** The value that a request to `url` would carry; default: to the host. */
  get(name: string, url?: string): string | undefined;
  /** All that a request to `url` would carry. */
  all(url?: string): Readonly<Record<string, string>>;
  /** For all paths at the host of `url`, as if a response had set it. */
  set(name: string, value: string, url?: string): void;
  /** Forgets all: the user is a new visitor. */
  clear(): void;
}

/**
 * Sends requests. A failed request resolves too (with `ok: false`). It rejects when it cannot be sent at all (no URL, an
 * option that is misspelt or of another type), and when the virtual user is stopped.
 */
export interface HttpClient {
  /** The headers of all requests that do not set them themselves. They begin as those of the class and the test. */
  readonly headers: ClientHeaders;
  readonly cookies: ClientCookies;
  request(method: Method, url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  get(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  head(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  post(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  put(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  patch(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  delete(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  options(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
}
