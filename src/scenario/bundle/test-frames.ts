import { SourceMap, type SourceMapPayload } from "node:module";
import { inspect } from "node:util";
import { DurationError } from "../../core/duration.ts";
import { valueInWords } from "../../core/value-words.ts";

/** The scheme of a test's module: bundles live in memory, under their hash. */
export const testScheme = "muster-test:";

/** Bundles by module URL. Their source maps are read when something is thrown, not before. */
const bundles = new Map<string, { readonly source: string; map: SourceMap | null }>();

export function registerBundle(url: string, source: string): void {
  bundles.set(url, { source, map: null });
}

/** The source of a registered bundle. */
export function bundleSource(url: string): string | undefined {
  return bundles.get(url)?.source;
}

/** A stack whose frames inside a test name the test's own files: "users/admin.ts:12:5". */
export function mapStack(stack: string): string {
  return stack.replace(/(muster-test:[0-9a-f]+):(\d+):(\d+)/g, (frame, url: string, line: string, column: string) => {
    const entry = mapOf(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry)) return frame;
    return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** Where muster's own code lies. */
const musterFolder = new URL("../..", import.meta.url).href;

/**
 * Whether muster itself has thrown. Of what a test began, often only Node's frames are left; with a test's frame on the
 * stack it is the test's doing, whatever it called.
 */
export function isDefect(thrown: unknown): boolean {
  if (isOnPurpose(thrown)) return false;
  const stack = stackTextOf(thrown);
  return stack.includes(musterFolder) && !stack.includes(testScheme);
}

/** A method of muster's that a test has taken off its object and handed on, as in `setTimeout(response.json, 1)`. */
const wrongReceiver = /private member|^Receiver must be/;

/** What muster tells a test, of its request or its value: nobody may have waited for it, and yet it is not a defect. */
function isOnPurpose(thrown: unknown): boolean {
  try {
    if (thrown instanceof DurationError) return true;
    if (thrown instanceof TypeError && wrongReceiver.test(thrown.message)) return true;
    const { code } = thrown as { readonly code?: unknown };
    return thrown instanceof Error && typeof code === "string" && code.startsWith("MUSTER_");
  } catch {
    return false;
  }
}

/**
 * One line for what a test's code threw: its message, and the first place in the test that its stack names. Never throws,
 * though what was thrown may: by a getter, or as a proxy.
 */
export function describeThrown(thrown: unknown): string {
  const text = wordsOf(thrown);
  const frame = /muster-test:[0-9a-f]+:\d+:\d+/.exec(stackTextOf(thrown))?.[0];
  return frame === undefined ? text : `${text} (${mapStack(frame)})`;
}

function wordsOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return firstLine(`${thrown.name}: ${messageOf(thrown)}`);
    return firstLine(inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY }));
  } catch {
    return `${valueInWords(thrown)} that cannot be read`;
  }
}

/** The stack as the engine wrote it; empty for what has none. Never throws. */
export function stackTextOf(thrown: unknown): string {
  try {
    const stack: unknown = thrown instanceof Error ? thrown.stack : "";
    // A test may have set `Error.prepareStackTrace`, which returns what it likes.
    return typeof stack === "string" ? stack : "";
  } catch {
    return "";
  }
}

/** Node.js leaves the message of an AggregateError empty when no address could be connected to. */
function messageOf(thrown: Error): string {
  if (thrown.message !== "" || !(thrown instanceof AggregateError)) return thrown.message;
  const first: unknown = thrown.errors[0];
  return first instanceof Error ? first.message : "";
}

const mostFrames = 10;

/** The calls that led to where a test's code threw, a line for each, those inside muster left out; empty without a stack. */
export function stackOf(thrown: unknown): string {
  const frames = stackTextOf(thrown)
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes(musterFolder));
  return mapStack(
    frames
      .map((line) => line.trim())
      .slice(0, mostFrames)
      .join("\n"),
  );
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function mapOf(url: string): SourceMap | null {
  const bundle = bundles.get(url);
  if (bundle === undefined) return null;
  if (bundle.map === null) {
    const encoded = /\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/.exec(bundle.source)?.[1];
    if (encoded === undefined) return null;
    bundle.map = new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as SourceMapPayload);
  }
  return bundle.map;
}
