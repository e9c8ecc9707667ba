import { describeValue } from "../../core/describe-value.ts";
import { parseDuration } from "../../core/duration.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import type { AuthContext, Authentication, Authenticator } from "../definition/authentication.ts";
import { headerValueProblem } from "../definition/header-rules.ts";
import type { HttpResponse } from "../definition/http.ts";
import type { PendingRequest } from "../definition/request-hooks.ts";
import { isOnce, type Once } from "../shared/once.ts";

/** An access token that can expire. */
export interface AccessToken {
  readonly token: string;
  /**
   * The time until the token expires, such as `"1h"`; default: never. Write `${seconds}s` for the `expires_in` of OAuth 2.0.
   */
  readonly expiresIn?: string;
}

/** The user that needs a token, and why. */
export interface TokenContext extends AuthContext {
  /** The token that the service has refused; null if the user has no token, or its token expires. */
  readonly refused: string | null;
}

/** Returns the token of a user, such as one that it requests with `http`. */
export type TokenSource = (context: TokenContext) => string | AccessToken | Promise<string | AccessToken>;

const scheme = "Bearer ";
/** A token is replaced before it expires, by this part of its lifetime, but at most by `mostEarlyMs`. */
const earlyPart = 0.1;
const mostEarlyMs = 30_000;

/**
 * Adds a bearer token in the header `authorization` (RFC 6750): a string, a function that returns the token of each user, or
 * a `once()` whose token all users share. The function is called with the first request of a user, again shortly before the
 * token expires, and once more after a response of status 401, whose request is then sent again with the new token. A shared
 * token is also replaced after a 401: once for the users of all workers, and at most once a second. Its lifetime is an option
 * of `once`; `expiresIn` in its value alone has no effect.
 * @throws InvalidValue if `token` is none of these
 */
export function bearerAuth(token: string | TokenSource | Once<string | AccessToken>): Authentication {
  if (isOnce(token)) return { forUser: (context) => new SharedToken(token, context) };
  if (typeof token === "function") return { forUser: (context) => new RenewedToken(token, context) };
  requireToken(token);
  const authorization = `${scheme}${token}`;
  return { forUser: () => ({ authorize: ({ headers }) => headers.set("authorization", authorization) }) };
}

/** The token of one user. Requests that need a new one at the same time share it. */
class RenewedToken implements Authenticator {
  readonly #source: TokenSource;
  readonly #context: AuthContext;
  #authorization = "";
  #renewAtMs = 0;
  #pending: Promise<void> | null = null;

  constructor(source: TokenSource, context: AuthContext) {
    this.#source = source;
    this.#context = context;
  }

  authorize({ headers }: PendingRequest): unknown {
    if (performance.now() < this.#renewAtMs) {
      headers.set("authorization", this.#authorization);
      return undefined;
    }
    return this.#renewed(null).then(() => headers.set("authorization", this.#authorization));
  }

  async refused(_: HttpResponse, { headers }: PendingRequest): Promise<boolean> {
    const refused = headers.get("authorization");
    // Another request may have got a new token in the meantime.
    if (refused === this.#authorization) await this.#renewed(refused.slice(scheme.length));
    return refused !== this.#authorization;
  }

  #renewed(refused: string | null): Promise<void> {
    this.#pending ??= this.#renew(refused).finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #renew(refused: string | null): Promise<void> {
    const { token, expiresIn } = accessToken(await this.#source({ ...this.#context, refused }));
    const lifetimeMs = expiresIn === undefined ? Number.POSITIVE_INFINITY : parseDuration(expiresIn);
    this.#authorization = `${scheme}${token}`;
    this.#renewAtMs = performance.now() + lifetimeMs - Math.min(mostEarlyMs, lifetimeMs * earlyPart);
  }
}

/** The token that the users of all workers share. */
class SharedToken implements Authenticator {
  readonly #shared: Once<unknown>;
  readonly #context: AuthContext;

  constructor(shared: Once<unknown>, context: AuthContext) {
    this.#shared = shared;
    this.#context = context;
  }

  async authorize({ headers }: PendingRequest): Promise<void> {
    headers.set("authorization", authorizationOf(await this.#shared.get(this.#context)));
  }

  async refused(_: HttpResponse, { headers }: PendingRequest): Promise<boolean> {
    const refused = headers.get("authorization");
    const latest = await this.#shared.get(this.#context);
    // Another user may have got a new token in the meantime.
    if (authorizationOf(latest) !== refused) return true;
    return authorizationOf(await this.#shared.renew(this.#context, latest)) !== refused;
  }
}

function authorizationOf(given: unknown): string {
  return `${scheme}${accessToken(given).token}`;
}

/** @throws InvalidValue for a value that is not a token */
function accessToken(given: unknown): AccessToken {
  const { token, expiresIn } = (typeof given === "object" && given !== null ? given : { token: given }) as AccessToken;
  requireToken(token);
  return expiresIn === undefined ? { token } : { token, expiresIn };
}

function requireToken(token: unknown): asserts token is string {
  if (typeof token === "string" && token !== "") {
    const problem = headerValueProblem("authorization", token);
    if (problem !== null) throw new InvalidValue(`bearerAuth: ${problem}`);
    return;
  }
  const found = token === "" ? "empty" : describeValue(token);
  throw new InvalidValue(`bearerAuth: the token is ${found}; expected a string, or { token, expiresIn: "1h" }`);
}
