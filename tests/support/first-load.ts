import { readFileSync } from "node:fs";

const bundles = new URL("../../dist/ui/", import.meta.url);

/** The compressed bytes that a browser loads first: the page, its styles, its script, and what that imports at once. */
export function firstLoadBytes(): number {
  const names = ["index.html", "live.css", ...loadedAtOnce("live.js", new Set())];
  return names.reduce((sum, name) => sum + readFileSync(new URL(`${name}.gz`, bundles)).length, 0);
}

/** A script and those that it imports, except for what it imports when it is needed. */
function loadedAtOnce(name: string, known: Set<string>): ReadonlySet<string> {
  if (known.has(name)) return known;
  known.add(name);
  const text = readFileSync(new URL(name, bundles), "utf8");
  for (const [, next = ""] of text.matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g)) loadedAtOnce(next, known);
  return known;
}
