import { open } from "node:fs/promises";
import { extname } from "node:path";
import { ConfigurationError } from "../core/errors.ts";
import { type ForeignPackage, firstTest, foreignPackage, guideFor } from "../scenario/bundle/foreign-package.ts";

interface ForeignFormat extends ForeignPackage {
  /** Matches the content of files of this format. */
  readonly holds?: RegExp;
  /** Matches the extension of files of this format. */
  readonly extension?: RegExp;
}

const artillery = { what: "an Artillery script", instead: firstTest };
const gatling = { what: "a Gatling simulation", instead: firstTest };
const recording = { what: "a recording", instead: '"muster convert" makes a test from it' };

/** The recognized formats; the first match counts. */
const formats: readonly ForeignFormat[] = [
  {
    holds:
      /^[ \t]*(?:from[ \t]+locust(?:\.[\w.]+)?[ \t]+import\b|import[ \t]+locust(?:\.\w+)*[ \t]*(?:$|#|as\b|,[ \t]*\w))/m,
    what: "a Locust file",
    instead: guideFor("locust"),
  },
  { extension: /^\.py$/, what: "a Python file", instead: guideFor("locust") },
  { holds: /^[ \t]*import[ \t]+(?:static[ \t]+)?io\.gatling\b/m, extension: /^\.scala$/, ...gatling },
  {
    holds: /^\s*(?:<\?xml[^>]{0,200}>\s*)?<jmeterTestPlan\b/,
    extension: /^\.jmx$/,
    what: "a JMeter test plan",
    instead: firstTest,
  },
  { holds: /^execution:[ \t]*(?:#.*)?$/m, what: "a Taurus configuration", instead: firstTest },
  { holds: /^(?:config|scenarios):[ \t]*(?:#.*)?$/m, ...artillery },
  // Without the flag m, which would make it scan all following lines at each of many empty lines.
  { holds: /^\s*\{\s*"(?:config|scenarios)"\s*:/, ...artillery },
  { holds: /^\s*\{\s*"log"\s*:\s*\{/, extension: /^\.har$/, ...recording },
];

/** The part of a file that is examined, in bytes. Imports are at the beginning of a file. */
const longestLook = 64 * 1024;
const isCode = /^\.[cm]?[jt]sx?$/;

/**
 * Rejects files that are not tests of muster.
 * @throws ConfigurationError when the file is a test of another tool, or not a script; its message names the tool and the guide
 * for its users
 */
export async function refuseForeignTest(file: string): Promise<void> {
  const extension = extname(file).toLowerCase();
  const text = await beginningOf(file);
  if (text === null) return;
  const found = isCode.test(extension) ? foreignCode(text) : formatOf(text, extension);
  if (found !== null) {
    throw new ConfigurationError(`${file} is ${found.what}, which muster does not run: ${found.instead}`);
  }
  if (!isCode.test(extension)) {
    throw new ConfigurationError(
      `${file} is not a test file: a test is TypeScript or JavaScript, and its name ends in .ts, .mts, .js or .mjs`,
    );
  }
}

function foreignCode(text: string): ForeignPackage | null {
  const code = withoutComments(text);
  const imported = [...code.matchAll(/(?:\bfrom|\bimport|\brequire\s*\()\s*["']([^"'\s]+)["']/g)].map(
    ([, name]) => name ?? "",
  );
  const [found] = imported.flatMap((name) => foreignPackage(name) ?? []);
  // In a test of muster, text in another format is data.
  return found ?? (imported.includes("muster-load") ? null : formatOf(code, ""));
}

function formatOf(text: string, ofExtension: string): ForeignPackage | null {
  return (
    formats.find(({ holds, extension }) => holds?.test(text) === true || extension?.test(ofExtension) === true) ?? null
  );
}

/** Removes comments, because a migrated test may contain its old code in comments. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\/.*$|^[ \t]*\/\*[\s\S]*?\*\//gm, "");
}

/** Reads the first 64 KiB; null when the file cannot be read, which the bundler reports. */
async function beginningOf(file: string): Promise<string | null> {
  try {
    await using handle = await open(file);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(longestLook), 0, longestLook, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EISDIR") return null;
    throw new ConfigurationError(`${file} is a folder; give the test file in it`, { cause });
  }
}
