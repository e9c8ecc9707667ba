import { createRequire } from "node:module";
import type { CookieJar } from "tough-cookie";

let toughCookie: typeof import("tough-cookie") | undefined;

/** tough-cookie is loaded with the first cookie: most load tests never see one. */
export function newCookieJar(): CookieJar {
  toughCookie ??= createRequire(import.meta.url)("tough-cookie") as typeof import("tough-cookie");
  return new toughCookie.CookieJar(undefined, { rejectPublicSuffixes: false });
}
