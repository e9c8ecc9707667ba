import type { ClientHeaders, HttpResponse } from "./http.ts";

/** A request of a test with hooks, right before it is sent. `afterResponse` gets it as it was sent. */
export interface PendingRequest {
  readonly method: string;
  /** The name under which the request is reported. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The number of this try: 1, or more for a retry. */
  readonly attempt: number;
  /** The complete URL with its query. `beforeRequest` can set another one; the name in reports stays. */
  url: string;
  /** The headers of this request, with those of the user, its class and the test. */
  readonly headers: PendingHeaders;
  /** The encoded body; null for none. `beforeRequest` can set another one: a string, bytes or null. */
  body: string | Uint8Array | SegmentedBody | null;
}

/** The headers of one request. */
export interface PendingHeaders extends ClientHeaders {
  /** All headers in the order in which they are sent, a repeated one several times; without those that muster adds itself. */
  entries(): (readonly [name: string, value: string])[];
}

/** A body that is sent without being copied: the contents of files, and what is between them. Do not change its bytes. */
export interface SegmentedBody {
  readonly segments: readonly Uint8Array[];
  readonly byteLength: number;
}

/**
 * Code that runs around each request, also around each redirect and retry: the hooks of the test, then those of the class.
 * What a hook returns is awaited; the time of the request begins after it. If a hook throws, the request rejects with that
 * error. Requests that a hook makes itself call no hooks.
 */
export interface RequestHooks<User> {
  /** Runs before a request is sent, and can change its URL, headers and body. */
  beforeRequest?(request: PendingRequest, vu: User): unknown;
  /** Runs when a request has ended, with or without a response (`status` 0), before the test gets it. */
  afterResponse?(response: HttpResponse, request: PendingRequest, vu: User): unknown;
}
