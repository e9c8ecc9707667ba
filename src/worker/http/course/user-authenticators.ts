import { describeValue } from "../../../core/describe-value.ts";
import {
  type AuthContext,
  type Authentication,
  type Authenticator,
  isAuthentication,
} from "../../../scenario/definition/authentication.ts";
import type { RequestOptions } from "../../../scenario/definition/http.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import type { CourseRules } from "./course-rules.ts";

/** The authenticators of the requests of one user, during one session. */
export class UserAuthenticators {
  readonly #setting: CourseRules["auth"];
  readonly #context: AuthContext;
  /** The authentication of the class or the test for this user; null until it is known. */
  #own: Authentication | null = null;
  #known = new WeakMap<Authentication, Authenticator>();

  constructor(setting: CourseRules["auth"], context: AuthContext) {
    this.#setting = setting;
    this.#context = context;
  }

  /**
   * Returns the authenticator of a request with this option `auth`; null if it is sent without credentials.
   * @throws InvalidRequest for an option that is not an authentication
   */
  of(auth: RequestOptions["auth"]): Authenticator | null {
    const given = auth === undefined ? this.#usual() : auth;
    if (given === null) return null;
    const authentication = requireAuthentication(given);
    let authenticator = this.#known.get(authentication);
    if (authenticator === undefined) {
      authenticator = authentication.forUser(this.#context);
      this.#known.set(authentication, authenticator);
    }
    return authenticator;
  }

  /** Begins a new session. */
  renew(): void {
    this.#own = null;
    this.#known = new WeakMap();
  }

  #usual(): Authentication | null {
    const setting = this.#setting;
    // A function returns null as long as the user has no credentials. A test in JavaScript may return undefined instead.
    this.#own ??= typeof setting === "function" ? setting(this.#context.vu) : setting;
    return this.#own ?? null;
  }
}

function requireAuthentication(auth: unknown): Authentication {
  if (isAuthentication(auth)) return auth;
  throw new InvalidRequest(
    `the option auth is ${describeValue(auth)}; expected basicAuth(…), digestAuth(…), bearerAuth(…), or null for none`,
  );
}
