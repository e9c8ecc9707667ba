import type { ClientHeaders, HttpResponse } from "./http.ts";

/** A request right before it is sent, as the hooks of a test see it. `afterResponse` gets the request as it was sent. */
export interface PendingRequest {
  readonly method: string;
  /** The name under which the request is reported. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The number of this attempt: 1 for the first one, more for a retry. */
  readonly attempt: number;
  /** The complete URL with its query. `beforeRequest` can replace it; the name in reports does not change. */
  url: string;
  /** The headers of this request, including those of the user, its class and the test. */
  readonly headers: PendingHeaders;
  /** The encoded body; null for none. `beforeRequest` can replace it by a string, bytes or null. */
  body: string | Uint8Array | SegmentedBody | null;
}

/** The headers of one request. */
export interface PendingHeaders extends ClientHeaders {
  /**
   * Returns all headers in the order in which they are sent. A repeated header is listed each time. Headers that muster adds
   * itself are left out.
   */
  entries(): (readonly [name: string, value: string])[];
}

/** A body that is sent without being copied: the contents of files, and the bytes between them. Do not change its bytes. */
export interface SegmentedBody {
  readonly segments: readonly Uint8Array[];
  readonly byteLength: number;
}

/**
 * Code that runs before and after each request, redirect and retry: the hooks of the test, then the hooks of the class. A
 * promise that a hook returns is awaited; the time of the request begins after it. If a hook throws, the request rejects with
 * that error. Requests that a hook makes itself call no hooks.
 */
export interface RequestHooks<User> {
  /** Runs before a request is sent, and can change its URL, headers and body. */
  beforeRequest?(request: PendingRequest, vu: User): unknown;
  /** Runs when a request has ended, with or without a response (`status` 0), before the test gets it. */
  afterResponse?(response: HttpResponse, request: PendingRequest, vu: User): unknown;
}
