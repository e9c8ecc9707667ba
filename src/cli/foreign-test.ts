import { open } from "node:fs/promises";
import { extname } from "node:path";
import { ConfigurationError } from "../core/errors.ts";

interface ForeignFormat {
  /** What a file of the format has in it. */
  readonly holds: RegExp;
  /** "a k6 script". */
  readonly what: string;
  /** What to do instead. */
  readonly instead: string;
}

const anything = /(?:)/;
const guide = (tool: string) =>
  `docs/guide/migrating-from-${tool}.md shows how to write it for muster, and "muster init" writes a first test`;
const first = '"muster init" writes a first test, and "muster convert" makes one from a recording (HAR)';

const scripts: readonly ForeignFormat[] = [
  { holds: importing("k6"), what: "a k6 script", instead: guide("k6") },
  { holds: importing("@gatling.io"), what: "a Gatling simulation", instead: first },
];
const yaml: readonly ForeignFormat[] = [
  { holds: /^execution:/m, what: "a Taurus configuration", instead: first },
  { holds: /^(?:config|scenarios):/m, what: "an Artillery script", instead: first },
];
const gatling = { what: "a Gatling simulation", instead: first };
/** By extension. The first that fits says what a file is. */
const formats: Readonly<Record<string, readonly ForeignFormat[]>> = {
  ".py": [
    { holds: /^[ \t]*(?:from|import)[ \t]+locust\b/m, what: "a Locust file", instead: guide("locust") },
    { holds: anything, what: "a Python file", instead: guide("locust") },
  ],
  ".scala": [{ holds: anything, ...gatling }],
  ".kt": [{ holds: /io\.gatling/, ...gatling }],
  ".java": [{ holds: /io\.gatling/, ...gatling }],
  ".yml": yaml,
  ".yaml": yaml,
  ".jmx": [{ holds: anything, what: "a JMeter test plan", instead: first }],
  ".har": [{ holds: anything, what: "a recording", instead: '"muster convert" makes a test from it' }],
};

/** Imports stand at the beginning of a file. */
const longestLook = 64 * 1024;

/** @throws ConfigurationError of one line when the file is a test of another tool */
export async function refuseForeignTest(file: string): Promise<void> {
  const extension = extname(file).toLowerCase();
  const isScript = /^\.[cm]?[jt]sx?$/.test(extension);
  const known = isScript ? scripts : formats[extension];
  if (known === undefined) return;
  const text = await beginningOf(file);
  const found = known.find(({ holds }) => text !== null && holds.test(isScript ? withoutComments(text) : text));
  if (found === undefined) return;
  throw new ConfigurationError(`${file} is ${found.what}, which muster does not run: ${found.instead}`);
}

/** `import http from "k6/http"`, and all other ways to say so. */
function importing(packageName: string): RegExp {
  return new RegExp(`(?:\\bfrom|\\bimport|\\brequire\\s*\\()\\s*["']${packageName}(?:/[^"'\\s]*)?["']`);
}

/** A test that was ported may still show what it was. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\/.*$|^[ \t]*\/\*[\s\S]*?\*\//gm, "");
}

/** Null when it cannot be read, which bundling says. */
async function beginningOf(file: string): Promise<string | null> {
  try {
    await using handle = await open(file);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(longestLook), 0, longestLook, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return null;
  }
}
