import type { HttpClient, HttpResponse } from "./http.ts";
import type { PendingRequest } from "./request-hooks.ts";
import type { VirtualUser } from "./virtual-user.ts";

/** The user whose requests are authenticated. */
export interface AuthContext {
  /** The virtual user; null in `setup` and `teardown`. */
  readonly vu: VirtualUser | null;
  /** The HTTP client of the user. Requests that an authentication makes with it are sent without credentials and hooks. */
  readonly http: HttpClient;
}

/**
 * A way to authenticate requests, such as `basicAuth(user, password)`. A test can implement its own. The credentials are
 * added after `beforeRequest`, to each request that does not set or remove the header `authorization` itself. They are not
 * added after a redirect to another origin.
 */
export interface Authentication {
  /** Called once per user and session, with the first request. Returns the authenticator of this user's requests. */
  forUser(context: AuthContext): Authenticator;
}

/** Authenticates the requests of one user. An exception rejects the request. */
export interface Authenticator {
  /** Adds credentials to a request right before it is sent. A returned promise is awaited. */
  authorize(request: PendingRequest): unknown;
  /**
   * Called with each response. Returns true if the response asks for other credentials, which `authorize` then adds. The
   * request is sent again, at most twice, and this response does not count as failed.
   */
  challenged?(response: HttpResponse, request: PendingRequest): boolean;
  /**
   * Called with a response of status 401. Returns or resolves to true if there are new credentials: then the request is sent
   * again, once.
   */
  refused?(response: HttpResponse, request: PendingRequest): boolean | Promise<boolean>;
}

/**
 * The authentication of a class or a test, or a function that returns the authentication of a user. The function is called
 * with each request until it returns an authentication. The type comes from a method, which is bivariant: classes with
 * different states fit into one list.
 */
export type AuthSetting<User> = Authentication | { of(vu: User): Authentication | null }["of"];

export function isAuthentication(value: unknown): value is Authentication {
  return typeof value === "object" && value !== null && "forUser" in value && typeof value.forUser === "function";
}
