import { createRequire } from "node:module";

let loaded: typeof import("undici") | undefined;

/** Loads undici with its first connection: most runs never need it. */
export function loadUndici(): typeof import("undici") {
  loaded ??= createRequire(import.meta.url)("undici") as typeof import("undici");
  return loaded;
}
