import { describeValue } from "../../core/describe-value.ts";
import { parseDuration } from "../../core/duration.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import type { AuthContext, Authentication, Authenticator } from "../definition/authentication.ts";
import { headerValueProblem } from "../definition/header-rules.ts";
import type { HttpResponse } from "../definition/http.ts";
import type { PendingRequest } from "../definition/request-hooks.ts";

/** An access token that expires. */
export interface AccessToken {
  readonly token: string;
  /** The time until it expires, such as `"1h"`; default: never. `${seconds}s` for the `expires_in` of OAuth 2.0. */
  readonly expiresIn?: string;
}

/** Returns the token of a user, such as one that it gets by a request with `http`. */
export type TokenSource = (context: AuthContext) => string | AccessToken | Promise<string | AccessToken>;

/** A token is replaced before it expires, by this part of its lifetime but at most by `mostEarlyMs`. */
const earlyPart = 0.1;
const mostEarlyMs = 30_000;

/**
 * A bearer token in the header `authorization` (RFC 6750): one text, or a function that returns the token of each user. The
 * function is called with the first request of a user, again shortly before the token expires, and once more after a
 * response of status 401, whose request is then sent again with the new token.
 * @throws InvalidValue if `token` is neither
 */
export function bearerAuth(token: string | TokenSource): Authentication {
  if (typeof token === "function") return { forUser: (context) => new RenewedToken(token, context) };
  requireToken(token);
  const authorization = `Bearer ${token}`;
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
    return this.#renewed().then(() => headers.set("authorization", this.#authorization));
  }

  async refused(_: HttpResponse, { headers }: PendingRequest): Promise<boolean> {
    const refused = headers.get("authorization");
    // Another request may have got a new token meanwhile.
    if (refused === this.#authorization) await this.#renewed();
    return refused !== this.#authorization;
  }

  #renewed(): Promise<void> {
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #renew(): Promise<void> {
    const given = await this.#source(this.#context);
    const { token, expiresIn } = typeof given === "object" && given !== null ? given : { token: given };
    requireToken(token);
    const lifetimeMs = expiresIn === undefined ? Number.POSITIVE_INFINITY : parseDuration(expiresIn);
    this.#authorization = `Bearer ${token}`;
    this.#renewAtMs = performance.now() + lifetimeMs - Math.min(mostEarlyMs, lifetimeMs * earlyPart);
  }
}

function requireToken(token: unknown): asserts token is string {
  if (typeof token === "string" && token !== "") {
    const problem = headerValueProblem("authorization", token);
    if (problem !== null) throw new InvalidValue(`bearerAuth: ${problem}`);
    return;
  }
  const found = token === "" ? "empty" : describeValue(token);
  throw new InvalidValue(`bearerAuth: the token is ${found}; expected a text, or { token, expiresIn: "1h" }`);
}
