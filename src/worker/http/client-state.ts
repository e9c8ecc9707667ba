import { performance } from "node:perf_hooks";
import type { ClientCookies, ClientHeaders } from "../../scenario/definition/http.ts";
import type { DefaultHeaders } from "./request/default-headers.ts";
import type { RequestHeaders } from "./request/request-headers.ts";
import type { Routes } from "./request/routes.ts";
import type { Target } from "./request/target.ts";
import { UserCookies } from "./request/user-cookies.ts";
import { UserHeaders } from "./request/user-headers.ts";
import { UserJar } from "./request/user-jar.ts";
import { type Hop, mayHaveCookies } from "./response/redirects.ts";

/** What one virtual user adds to its requests: its cookies and its own headers. */
export class ClientState {
  /**
   * Whether this user sends the same requests as all others: true until the user has a cookie, or the test accesses its
   * cookies or headers. False from the start if the test or the class has hooks, retries or authentication.
   */
  isPlain: boolean;
  readonly #routes: Routes;
  readonly #classHeaders: DefaultHeaders;
  #headers: UserHeaders | null = null;
  #cookies: UserCookies | null = null;
  #jar: UserJar | null = null;

  constructor(routes: Routes, classHeaders: DefaultHeaders, hasCourse: boolean) {
    this.isPlain = !hasCourse;
    this.#routes = routes;
    this.#classHeaders = classHeaders;
  }

  get headers(): ClientHeaders {
    this.isPlain = false;
    this.#headers ??= new UserHeaders(this.#classHeaders);
    return this.#headers;
  }

  get cookies(): ClientCookies {
    this.#jar ??= new UserJar(this.#kept(), (url) => this.#routes.resolve(url));
    return this.#jar;
  }

  /**
   * Returns the default headers, which apply where a request does not set them itself. `hop` is the request of a redirect
   * chain, else null.
   */
  defaultsOf(hop: Hop | null): DefaultHeaders {
    const headers = this.#headers === null ? this.#classHeaders : UserHeaders.currentOf(this.#headers);
    return hop?.isElsewhere ? headers.elsewhere : headers;
  }

  /** @param hop the request of a redirect chain, else null */
  addCookies(target: Target, headers: RequestHeaders, hop: Hop | null): void {
    if (this.#cookies === null || headers.hasCookie) return;
    if (hop !== null && !mayHaveCookies(hop, target.origin)) return;
    const cookies = this.#cookies.headerFor(target, performance.now());
    if (cookies !== "") headers.append("cookie", cookies);
  }

  /** Begins a new session: without cookies, and with the headers of the class. */
  renew(): void {
    this.#cookies?.clear();
    if (this.#headers !== null) UserHeaders.reset(this.#headers, this.#classHeaders);
  }

  /** Stores the cookies that a response has set. */
  keepCookies({ origin, path }: Pick<Target, "origin" | "path">, values: readonly string[]): void {
    this.#kept().keep(origin + path, values);
  }

  #kept(): UserCookies {
    this.isPlain = false;
    this.#cookies ??= new UserCookies();
    return this.#cookies;
  }
}
