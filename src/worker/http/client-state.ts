import { performance } from "node:perf_hooks";
import type { ClientCookies, ClientHeaders } from "../../scenario/definition/http.ts";
import type { OutgoingRequest } from "./engine.ts";
import type { DefaultHeaders } from "./request/default-headers.ts";
import type { RequestHeaders } from "./request/request-headers.ts";
import type { Routes } from "./request/routes.ts";
import type { Target } from "./request/target.ts";
import { UserCookies } from "./request/user-cookies.ts";
import { UserHeaders } from "./request/user-headers.ts";
import { UserJar } from "./request/user-jar.ts";
import type { Hop } from "./response/redirects.ts";

/** What one virtual user adds to its requests: its cookies, and headers of its own. */
export class ClientState {
  /** False from the first cookie, or when the test asks for cookies or headers: until then all users send the same. */
  isPlain = true;
  readonly #routes: Routes;
  readonly #classHeaders: DefaultHeaders;
  #headers: UserHeaders | null = null;
  #cookies: UserCookies | null = null;
  #jar: UserJar | null = null;

  constructor(routes: Routes, classHeaders: DefaultHeaders) {
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

  /** The headers of a request that it does not set itself. `hop`: that of a chain of redirects, else null. */
  defaultsOf(hop: Hop | null): DefaultHeaders {
    const headers = this.#headers === null ? this.#classHeaders : UserHeaders.currentOf(this.#headers);
    return hop?.isElsewhere ? headers.elsewhere : headers;
  }

  addCookies(target: Target, headers: RequestHeaders): void {
    if (this.#cookies === null || headers.hasCookie) return;
    const cookies = this.#cookies.headerFor(target, performance.now());
    if (cookies !== "") headers.append("cookie", cookies);
  }

  /** What a response to `request` has set. */
  keepCookies({ origin, path }: OutgoingRequest, values: readonly string[]): void {
    this.#kept().keep(origin + path, values);
  }

  #kept(): UserCookies {
    this.isPlain = false;
    this.#cookies ??= new UserCookies();
    return this.#cookies;
  }
}
