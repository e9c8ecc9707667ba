import { createRequire } from "node:module";
import type { CookieJar } from "tough-cookie";
import type { Target } from "./target.ts";

let toughCookie: typeof import("tough-cookie") | undefined;

/** tough-cookie is loaded with the first cookie, because most load tests use none. */
function newCookieJar(): CookieJar {
  toughCookie ??= createRequire(import.meta.url)("tough-cookie") as typeof import("tough-cookie");
  return new toughCookie.CookieJar(undefined, { rejectPublicSuffixes: false });
}

/**
 * The jar takes 2.6 us to find the cookies of a URL, as long as all other work of muster for a request. So its answer
 * is cached for a while: cookies expire by the second.
 */
const memoryMs = 500;
const maxRemembered = 50;

/** The cookies of one virtual user. */
export class UserCookies {
  readonly #jar: CookieJar = newCookieJar();
  /** The cached Cookie header by path, for one origin, until a cookie is set. */
  readonly #remembered = new Map<string, string>();
  #origin = "";
  #forgetAtMs = 0;

  /** The Cookie header for a URL; empty when there is none. */
  headerFor({ origin, path }: Target, nowMs: number): string {
    if (nowMs >= this.#forgetAtMs || origin !== this.#origin || this.#remembered.size >= maxRemembered) {
      this.#remembered.clear();
      this.#origin = origin;
      this.#forgetAtMs = nowMs + memoryMs;
    }
    let header = this.#remembered.get(path);
    if (header === undefined) {
      header = this.#jar.getCookieStringSync(origin + path);
      this.#remembered.set(path, header);
    }
    return header;
  }

  /** The cookies of a request to `url`, by name. Of two with the same name, the one with the longer path. */
  valuesFor(url: string): Record<string, string> {
    const cookies = this.#jar.getCookiesSync(url).map(({ key, value }) => [key, value] as const);
    return Object.fromEntries(cookies.reverse());
  }

  /** Deletes the cookies with this name that a request to `url` would carry. Returns whether there was one. */
  delete(url: string, name: string): boolean {
    const found = this.#jar.getCookiesSync(url).filter(({ key }) => key === name);
    this.#remembered.clear();
    // The store of the jar is in memory, and so has removed it when the call returns.
    for (const { domain, path } of found) this.#jar.store.removeCookie(domain, path, name, () => {});
    return found.length > 0;
  }

  clear(): void {
    this.#remembered.clear();
    this.#jar.removeAllCookiesSync();
  }

  /**
   * Sets a cookie for `url`. Returns false if a request there would not carry it, such as a secure cookie over http.
   */
  set(url: string, name: string, cookie: string): boolean {
    this.#remembered.clear();
    this.#jar.setCookieSync(cookie, url, { ignoreError: true });
    return Object.hasOwn(this.valuesFor(url), name);
  }

  /** Stores the cookies that a response from `url` has set. */
  keep(url: string, values: readonly string[]): void {
    this.#remembered.clear();
    // A cookie that the jar refuses, such as one for another domain, is dropped, as in a browser.
    for (const value of values) this.#jar.setCookieSync(value, url, { ignoreError: true });
  }
}
