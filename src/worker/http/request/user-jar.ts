import { describeValue } from "../../../core/describe-value.ts";
import { InvalidValue } from "../../../core/invalid-value.ts";
import { headerValueProblem } from "../../../scenario/definition/header-rules.ts";
import type { ClientCookies } from "../../../scenario/definition/http.ts";
import type { Target } from "./target.ts";
import type { UserCookies } from "./user-cookies.ts";

const notInName = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
/** A cookie with this prefix is only kept if it has the attribute that the prefix requires. */
const securePrefix = /^__(?:Secure|Host)-/i;

/** The cookies of one virtual user, as a test reads and sets them. */
export class UserJar implements ClientCookies {
  readonly #cookies: UserCookies;
  readonly #resolve: (url: string) => Target;

  /** `resolve` throws InvalidRequest for a text that is not a URL. */
  constructor(cookies: UserCookies, resolve: (url: string) => Target) {
    this.#cookies = cookies;
    this.#resolve = resolve;
    // Frozen, so that an assignment (`cookies.session = …`) throws instead of doing nothing.
    Object.freeze(this);
  }

  get(name: string, url?: string): string | undefined {
    const cookies = this.all(url);
    return Object.hasOwn(cookies, name) ? cookies[name] : undefined;
  }

  all(url = "/"): Record<string, string> {
    return this.#cookies.valuesFor(this.#urlOf(url));
  }

  /** @throws InvalidValue */
  set(name: string, value: string, url = "/"): void {
    if (typeof name !== "string" || name === "" || notInName.test(name)) {
      throw refusal(`expected a name, found ${describeValue(name)}`);
    }
    if (typeof value !== "string") throw refusal(`the cookie ${name} is ${describeValue(value)}; expected a string`);
    const problem = headerValueProblem("cookie", value);
    if (problem !== null) throw refusal(problem);
    if (value.includes(";")) throw refusal(`the cookie ${name} has a ";": encode it (encodeURIComponent)`);
    const target = this.#urlOf(url);
    const isSecure = securePrefix.test(name);
    if (this.#cookies.set(target, name, `${name}=${value}; Path=/${isSecure ? "; Secure" : ""}`)) return;
    const why = isSecure ? ", which goes to https: only" : "";
    throw refusal(`${new URL(target).origin} cannot have the cookie ${name}${why}`);
  }

  delete(name: string, url = "/"): boolean {
    return this.#cookies.delete(this.#urlOf(url), name);
  }

  clear(): void {
    this.#cookies.clear();
  }

  /** @throws InvalidRequest */
  #urlOf(url: string): string {
    const { origin, path } = this.#resolve(url);
    return origin + path;
  }
}

function refusal(why: string): InvalidValue {
  return new InvalidValue(`vu.http.cookies.set(name, value, url): ${why}`);
}
