import { headerValueProblem } from "../../scenario/header-rules.ts";
import type { ClientCookies } from "../../scenario/http.ts";
import { InvalidRequest } from "./invalid-request.ts";
import type { Target } from "./target.ts";
import type { UserCookies } from "./user-cookies.ts";

const notInName = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;

/** The cookies of one virtual user, as a test reads and sets them. */
export class UserJar implements ClientCookies {
  readonly #cookies: UserCookies;
  readonly #resolve: (url: string) => Target;

  /** `resolve` throws InvalidRequest for what is not a URL. */
  constructor(cookies: UserCookies, resolve: (url: string) => Target) {
    this.#cookies = cookies;
    this.#resolve = resolve;
    // A test may take it for a record: `cookies.session = …` throws instead of doing nothing.
    Object.freeze(this);
  }

  get(name: string, url?: string): string | undefined {
    const cookies = this.all(url);
    return Object.hasOwn(cookies, name) ? cookies[name] : undefined;
  }

  all(url = "/"): Record<string, string> {
    return this.#cookies.valuesFor(this.#urlOf(url));
  }

  set(name: string, value: string, url = "/"): void {
    if (typeof name !== "string" || name === "" || notInName.test(name)) {
      throw new InvalidRequest(`${JSON.stringify(name)} is not a name of a cookie`);
    }
    const problem = typeof value === "string" ? headerValueProblem("cookie", value) : "a cookie is a text";
    if (problem !== null) throw new InvalidRequest(problem);
    if (value.includes(";")) throw new InvalidRequest(`the cookie ${name} has a ";": encode it (encodeURIComponent)`);
    this.#cookies.keep(this.#urlOf(url), [`${name}=${value}; Path=/`]);
  }

  clear(): void {
    this.#cookies.clear();
  }

  #urlOf(url: string): string {
    const { origin, path } = this.#resolve(url);
    return origin + path;
  }
}
