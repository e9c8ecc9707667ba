import { createRequire } from "node:module";
import type { Cookie, CookieJar } from "tough-cookie";
import type { Target } from "./target.ts";

let toughCookie: typeof import("tough-cookie") | undefined;

/** tough-cookie is loaded with the first cookie, because most load tests use none. */
function newCookieJar(): CookieJar {
  toughCookie ??= createRequire(import.meta.url)("tough-cookie") as typeof import("tough-cookie");
  return new toughCookie.CookieJar(undefined, { rejectPublicSuffixes: false });
}

/**
 * How long the cookies found for a URL are cached: the jar takes 2.6 us to find them, as long as all other work of muster for
 * a request. Cookies expire with a resolution of one second.
 */
const memoryMs = 500;
const maxRemembered = 50;

/** Name and value together, in characters, as in browsers (RFC 6265, 6.1: at least 4,096 bytes per cookie). */
const longestCookie = 4_096;
/** As in Chromium; RFC 6265 asks for at least 50 cookies per domain. */
const mostCookiesOfDomain = 180;
/** All cookies of a path of a domain together, in characters: servers refuse longer headers. */
const longestOfPath = 16_384;
const mostDomains = 50;
/** After this many new cookies, or characters of new cookies, the jar is checked against its limits. */
const mostUnchecked = 50;
const longestUnchecked = 8_192;

/**
 * The cookies of one virtual user. If a service sets more cookies than a browser would keep, the jar drops the oldest, so
 * that neither memory nor the Cookie header grows without limit.
 */
export class UserCookies {
  readonly #jar: CookieJar = newCookieJar();
  /** The cached Cookie header by path, for one origin, until a cookie is set. */
  readonly #remembered = new Map<string, string>();
  #origin = "";
  #forgetAtMs = 0;
  /** The number of cookies set since the jar was last checked against its limits, and of their characters. */
  #unchecked = 0;
  #uncheckedLength = 0;

  /** Returns the Cookie header for a URL; empty without cookies. */
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

  /**
   * Returns the cookies of a request to `url`, by name. Of two cookies with the same name, it returns the one with the longer
   * path.
   */
  valuesFor(url: string): Record<string, string> {
    const cookies = this.#jar.getCookiesSync(url).map(({ key, value }) => [key, value] as const);
    return Object.fromEntries(cookies.reverse());
  }

  /** Deletes the cookies with this name that a request to `url` would carry. Returns whether there was one. */
  delete(url: string, name: string): boolean {
    const found = this.#jar.getCookiesSync(url).filter(({ key }) => key === name);
    this.#remembered.clear();
    // The store of the jar is in memory, so the cookie is removed when the call returns.
    for (const cookie of found) this.#remove(cookie);
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
    this.keep(url, [cookie]);
    return Object.hasOwn(this.valuesFor(url), name);
  }

  /** Stores the cookies that a response from `url` has set: the last ones, if there are more than a domain may have. */
  keep(url: string, values: readonly string[]): void {
    this.#remembered.clear();
    // A cookie that the jar refuses, such as one for another domain, is dropped, as in a browser.
    for (const value of values.slice(-mostCookiesOfDomain)) {
      if ((value.split(";", 1)[0]?.length ?? 0) > longestCookie) continue;
      const cookie = this.#jar.setCookieSync(value, url, { ignoreError: true });
      if (cookie === undefined) continue;
      this.#unchecked++;
      this.#uncheckedLength += lengthOf(cookie);
      if (this.#unchecked > mostUnchecked || this.#uncheckedLength > longestUnchecked) this.#forgetOldest();
    }
  }

  #remove({ domain, path, key }: Cookie): void {
    this.#jar.store.removeCookie(domain, path, key, () => {});
  }

  /** Removes expired cookies and, beyond the limits, the cookies that were sent least recently (RFC 6265, 5.3). */
  #forgetOldest(): void {
    this.#unchecked = 0;
    this.#uncheckedLength = 0;
    const counts = new Map<string | null, number>();
    const lengths = new Map<string, number>();
    this.#jar.store.getAllCookies((_error, cookies = []) => {
      const nowMs = Date.now();
      for (const cookie of cookies.toSorted((a, b) => sentMs(b) - sentMs(a) || b.creationIndex - a.creationIndex)) {
        const count = (counts.get(cookie.domain) ?? 0) + 1;
        const place = `${cookie.domain} ${cookie.path}`;
        const length = (lengths.get(place) ?? 0) + lengthOf(cookie);
        const isExpired = (cookie.expiryTime() ?? Number.POSITIVE_INFINITY) <= nowMs;
        const isBeyond = count > mostCookiesOfDomain || length > longestOfPath;
        if (isExpired || isBeyond || (count === 1 && counts.size >= mostDomains)) {
          this.#remove(cookie);
          continue;
        }
        counts.set(cookie.domain, count);
        lengths.set(place, length);
      }
    });
  }
}

/** Returns when a cookie was last sent or set. */
function sentMs({ lastAccessed }: Cookie): number {
  return lastAccessed instanceof Date ? lastAccessed.getTime() : 0;
}

/** Returns the number of characters of the name and the value. */
function lengthOf({ key, value }: Cookie): number {
  return key.length + value.length;
}
