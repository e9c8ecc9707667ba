/** The HTTP client as tests see it. `worker/http/` implements it. */

import type { FailureKind } from "../../core/failure-kind.ts";
import type { ClientTls } from "../connections/connection.ts";
import type { RetryOptions } from "./request-settings.ts";
import type { StreamedBody, StreamOptions } from "./streaming.ts";
import type { TestFile } from "./test-file.ts";

/** The request method. The standard ones are case-insensitive; any other is sent as written, such as "PURGE". */
export type Method =
  | "GET"
  | "HEAD"
  | "POST"
  | "PUT"
  | "PATCH"
  | "DELETE"
  | "OPTIONS"
  // A plain `string` would absorb the names above, and editors would not suggest them.
  | (string & Record<never, never>);

/**
 * Decides whether a request failed, instead of the default "status below 400": one status, several statuses, or a function
 * that returns true if the response is as expected, else false or a message with what is wrong.
 */
export type Expectation = number | readonly number[] | ((response: HttpResponse) => boolean | string);

/** A path, which is appended to the host, or a complete URL: a string or a `URL`. */
export type RequestUrl = string | { readonly href: string; readonly searchParams: SearchParameters };

/**
 * A `URLSearchParams`. It is described by its methods because projects without the types of Node.js or browsers do not know
 * the name.
 */
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

/**
 * A body that is sent unchanged: a string as UTF-8, bytes, or an object with its own content type, which is sent as the
 * `content-type` header.
 */
export type RequestBody =
  | string
  | ArrayBufferLike
  | ArrayBufferView
  | SearchParameters
  | BinaryObject
  | FormFields
  | TestFile;

/** The content of one part of a multipart body. Bytes and files are sent as files, all others as fields. */
export type PartContent =
  | string
  | number
  | bigint
  | boolean
  | ArrayBufferLike
  | ArrayBufferView
  | BinaryObject
  | TestFile;

/** A part of a multipart body with a content type or a file name of its own. */
export interface DescribedPart {
  readonly content: PartContent;
  /** The name of the file; a text with a file name is sent as a file. */
  readonly fileName?: string;
  /** The content type, such as "application/json". */
  readonly type?: string;
}

/** The parts of a multipart body by field name, in order. A list is sent as several parts with the same name. */
export type MultipartFields = Readonly<
  Record<string, PartContent | DescribedPart | readonly (PartContent | DescribedPart)[]>
>;

/**
 * Fields of a query or a form. A field with several values needs a list of pairs: `new URLSearchParams([["id", "1"], ["id",
 * "2"]])`.
 */
export type RequestFields = Readonly<Record<string, string | number | bigint | boolean>> | SearchParameters;

/** The value of a request header. `null` removes the header; `undefined` leaves the default. */
export type HeaderValue = string | number | boolean | bigint | readonly (string | number)[] | null | undefined;

/** Headers in the order in which they are sent: `[["Accept", "text/html"], ["X-Id", "1"], ["X-Id", "2"]]`. */
export type HeaderList = readonly (readonly [name: string, value: string | number])[];

export interface RequestOptions {
  /** The endpoint name in reports, for URLs that contain ids: `/jobs/:id`. Default: the path without its query. */
  readonly name?: string;
  /** Tags that thresholds select requests by: `response_time{kind:search}`. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Headers of this request; they override those of the user, its class and the test. A list as a value is sent as one header
   * per value. `null` removes a header that would otherwise be sent; `undefined` leaves it as it is. A list of names and
   * values is sent in exactly this order and spelling, also `Host`, `Connection`, `Content-Length` and repeated names. If the
   * list lacks `Host` or `Connection`, muster sends them before it; other headers that muster adds follow the list.
   */
  readonly headers?: Readonly<Record<string, HeaderValue>> | HeaderList;
  /** Fields that are appended to the URL as its query, percent-encoded. */
  readonly query?: RequestFields;
  /**
   * A value that is sent as JSON with `content-type: application/json`. A request has at most one of `json`, `form`,
   * `multipart` and `body`.
   */
  readonly json?: unknown;
  /** Fields that are sent as `application/x-www-form-urlencoded`. */
  readonly form?: RequestFields;
  /** Fields and files that are sent as `multipart/form-data`. */
  readonly multipart?: MultipartFields;
  readonly body?: RequestBody;
  /** The time from the call to the last byte of the response, or limits on the phases; default: the test's. */
  readonly timeout?: string | RequestTimeouts;
  readonly expect?: Expectation;
  /**
   * The number of redirects to follow; default: the test's, else 0. Each redirect is measured as a request, under `name` or
   * its own path.
   */
  readonly maxRedirects?: number;
  /** Retries of this request, whatever its method; default: those of the class or the test, for idempotent methods. */
  readonly retries?: number | RetryOptions;
  /** The authentication of this request; default: that of the class or the test. `null` sends no credentials. */
  readonly auth?: RequestAuthentication | null;
  /** `true`, or limits, to read the response while it arrives. The response is then a `StreamedResponse`. */
  readonly stream?: false | undefined;
}

/**
 * An `Authentication`, such as `basicAuth(user, password)`. The types of its argument and its result are left open here,
 * because the file that defines them imports this one.
 */
export interface RequestAuthentication {
  forUser(context: never): object;
}

/** The options of a request whose response is read while it arrives. */
export interface StreamingOptions extends Omit<RequestOptions, "expect" | "stream"> {
  readonly stream: true | StreamOptions;
  /** The expectation, as for any request. It is applied to the head of the response, before the body has arrived. */
  readonly expect?: number | readonly number[] | ((response: StreamedResponse) => boolean | string);
}

/** Limits on the phases of a request. A limit that is left out comes from the test, or is the default. */
export interface RequestTimeouts {
  /** The time from the call until a connection is ready, TLS included; default `"30s"`. */
  readonly connect?: string;
  /** The time from the first byte of the request to the end of the response's headers; default: `total`. */
  readonly headers?: string;
  /** The longest time without a byte of the body, after the headers or after the last byte; default: `total`. */
  readonly body?: string;
  /** The time from the call to the last byte of the response; default `"60s"`. */
  readonly total?: string;
}

/** A redirect that the client followed. */
export interface FollowedRedirect {
  /** The URL that answered with the redirect. */
  readonly url: string;
  readonly status: number;
}

export interface HttpResponse {
  /** The requested URL with its query, without user, password and fragment; after redirects, the last URL. */
  readonly url: string;
  /** The redirects that the client followed, in order. */
  readonly redirects: readonly FollowedRedirect[];
  /** The number of retries before this response, which is the last one; 0 without `retries`. */
  readonly retries: number;
  /** The status code; 0 without a response, and `error` says why. */
  readonly status: number;
  /** Header values by lower-case name; the values of a repeated header are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Values of the cookies that this response set, by name. */
  readonly cookies: Readonly<Record<string, string>>;
  /** Whether the request is counted as successful. */
  readonly ok: boolean;
  /** The service time: from the write of the request to the last byte of the response. */
  readonly durationMs: number;
  readonly error: { readonly kind: FailureKind; readonly message: string } | null;
  readonly body: Uint8Array;
  text(): string;
  /** Parses the body. @throws SyntaxError if it is not JSON */
  json<Value = unknown>(): Value;
}

/**
 * A response that is read while it arrives. At first, `ok` and `error` describe only its status; once the response has been
 * read, they describe the whole response. `durationMs` is the time from the write of the request to the arrival of the last
 * data that was read.
 */
export interface StreamedResponse extends Omit<HttpResponse, "body" | "text" | "json">, StreamedBody {}

/** The default headers of one user. Names are case-insensitive. */
export interface ClientHeaders {
  get(name: string): string | undefined;
  /** Sets a header of all later requests: `vu.http.headers.set("authorization", token)`. */
  set(name: string, value: string): void;
  /** Removes a header from all later requests, also a header of the class or the test. */
  delete(name: string): void;
}

/** The cookie jar of one user. Responses set cookies, and requests send them. */
export interface ClientCookies {
  /** Returns the value of the cookie that a request to `url` (default: the host) would send. */
  get(name: string, url?: string): string | undefined;
  /** Returns the values of all cookies that a request to `url` (default: the host) would send, by name. */
  all(url?: string): Readonly<Record<string, string>>;
  /** Sets a cookie for all paths at the host of `url`, as a response would. */
  set(name: string, value: string, url?: string): void;
  /** Deletes the cookie that a request to `url` (default: the host) would send; returns whether there was one. */
  delete(name: string, url?: string): boolean;
  /** Deletes all cookies: the user is a new visitor. */
  clear(): void;
}

/**
 * The HTTP client of one user. A failed request resolves too, with `ok: false`. A call rejects only if the request is not
 * valid (no URL, an unknown option, an option of the wrong type), or if the virtual user is stopped.
 */
export interface HttpClient {
  /** The user's default headers, at first those of its class and the test. */
  readonly headers: ClientHeaders;
  readonly cookies: ClientCookies;
  /** The TLS settings of the user, at first those of its class and the test. */
  readonly tls: ClientTls;
  request(method: Method, url: RequestUrl, options: StreamingOptions): Promise<StreamedResponse>;
  request(method: Method, url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  get(url: RequestUrl, options: StreamingOptions): Promise<StreamedResponse>;
  get(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  head(url: RequestUrl, options: StreamingOptions): Promise<StreamedResponse>;
  head(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  post(url: RequestUrl, options: StreamingOptions): Promise<StreamedResponse>;
  post(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  put(url: RequestUrl, options: StreamingOptions): Promise<StreamedResponse>;
  put(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  patch(url: RequestUrl, options: StreamingOptions): Promise<StreamedResponse>;
  patch(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  delete(url: RequestUrl, options: StreamingOptions): Promise<StreamedResponse>;
  delete(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
  options(url: RequestUrl, options: StreamingOptions): Promise<StreamedResponse>;
  options(url: RequestUrl, options?: RequestOptions): Promise<HttpResponse>;
}
