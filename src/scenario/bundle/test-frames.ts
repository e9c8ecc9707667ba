import { SourceMap, type SourceMapPayload } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { describeValue } from "../../core/describe-value.ts";
import { DurationError } from "../../core/duration.ts";
import { codeFolder } from "../../core/own-files.ts";

/** The URL scheme of a test's module: bundles are in memory, under their hash. */
const testScheme = "muster-test:";

/** The URL from which `require` in the code of bundles resolves. It distinguishes these calls from those of other code. */
export const requireUrl = "file:///muster-test/";

/** The beginning of the names of both kinds of modules of tests, in memory and in a folder. */
const moduleName = "muster-test";
/** Matches the URL of a module of a test. A debugger needs one in the folder of the test: see `moduleUrlOf`. */
const moduleUrl = String.raw`(muster-test:[0-9a-f]+|file:\/\/[^\s()]*\/muster-test-[0-9a-f]+\.mjs)`;
const framePattern = new RegExp(String.raw`${moduleUrl}:(\d+):(\d+)`);
const framesPattern = new RegExp(framePattern, "g");

let debuggedFolder: string | null = null;

/**
 * Loads all later tests as if they were files in this folder, so that a debugger finds their sources by the source map. A
 * debugger does not read the source map of a module whose URL is not that of a file in the folder of the project.
 */
export function loadForDebugger(folder: string): void {
  debuggedFolder = folder;
}

/** Returns the URL of the module of a bundle. */
export function moduleUrlOf(hash: string): string {
  if (debuggedFolder === null) return testScheme + hash;
  return pathToFileURL(join(debuggedFolder, `${moduleName}-${hash}.mjs`)).href;
}

/** Bundles by module URL. A source map is parsed only when something is thrown. */
const bundles = new Map<string, { readonly source: string; map: SourceMap | null }>();

export function registerBundle(url: string, source: string): void {
  bundles.set(url, { source, map: null });
}

/** Returns the source of a registered bundle. */
export function bundleSource(url: string): string | undefined {
  return bundles.get(url)?.source;
}

/** Maps the frames of a test in a stack to the files of the test: "users/admin.ts:12:5". */
export function mapStack(stack: string): string {
  return stack.replace(framesPattern, (frame, url: string, line: string, column: string) => {
    const entry = mapOf(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry)) return frame;
    return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/**
 * Whether an error is a defect of muster: a frame of muster is on the stack and no frame of a test. Errors in callbacks of a
 * test often have Node's frames only, and are not defects.
 */
export function isDefect(thrown: unknown): boolean {
  if (isOnPurpose(thrown)) return false;
  const stack = stackTextOf(thrown);
  return stack.includes(codeFolder.href) && !stack.includes(moduleName);
}

/** Matches the error of a method of muster that a test called without its object, as in `setTimeout(response.json, 1)`. */
const wrongReceiver = /private member|^Receiver must be/;

/** Whether an error is one that muster throws to tests. It can remain unhandled in a test and is not a defect. */
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

/** The longest message that is kept of an error: errors are sent to the master, and a message may contain a whole response. */
const longestWords = 2_000;
const longestFrames = 20_000;

/**
 * Describes a thrown value in one line: its message, and the first position in the test on its stack. Never throws, even if
 * the value is a proxy or has a getter that throws.
 */
export function describeThrown(thrown: unknown): string {
  const text = wordsOf(thrown);
  const place = firstFrameIn(stackTextOf(thrown));
  return place === "" ? text : `${text} (${place})`;
}

/** Returns the first position in a test on a stack: "users/admin.ts:12:5"; empty without one. */
export function firstFrameIn(stack: string): string {
  const frame = framePattern.exec(stack)?.[0];
  return frame === undefined ? "" : mapStack(frame);
}

function wordsOf(thrown: unknown): string {
  const words = allWordsOf(thrown);
  return words.length > longestWords ? `${words.slice(0, longestWords)}…` : words;
}

/** The codes of errors that Node.js throws when its permission model forbids something. */
const deniedCodes = ["ERR_ACCESS_DENIED", "ERR_DLOPEN_DISABLED"];

/**
 * Returns advice on a forbidden action: the message of Node.js names one of its own flags, which users of muster do not set.
 */
function hintFor(error: Error): string {
  const isDenied = "code" in error && deniedCodes.includes(error.code as string);
  return isDenied ? " (allow it in the test: permissions: { write, childProcess, addons })" : "";
}

function allWordsOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return firstLine(`${thrown.name}: ${messageOf(thrown)}${hintFor(thrown)}`);
    return firstLine(inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY }));
  } catch {
    return `${describeValue(thrown)} that cannot be read`;
  }
}

/** Returns the stack of a value; empty without one. Never throws. */
export function stackTextOf(thrown: unknown): string {
  try {
    const stack: unknown = thrown instanceof Error ? thrown.stack : "";
    // A test can set `Error.prepareStackTrace`, which can return anything.
    return typeof stack === "string" ? shortened(stack) : "";
  } catch {
    return "";
  }
}

/** A stack begins with the message of the error and ends with its frames. */
function shortened(stack: string): string {
  if (stack.length <= longestWords + longestFrames) return stack;
  return `${stack.slice(0, longestWords)}…\n${stack.slice(-longestFrames)}`;
}

/**
 * Returns the message of an error. Node.js leaves the message of an AggregateError empty if it could not connect to any
 * address.
 */
function messageOf(thrown: Error): string {
  if (thrown.message !== "" || !(thrown instanceof AggregateError)) return thrown.message;
  const first: unknown = thrown.errors[0];
  return first instanceof Error ? first.message : "";
}

const mostFrames = 10;

/** Returns the stack of a test's error without the frames of muster, one line per frame; empty without a stack. */
export function stackOf(thrown: unknown): string {
  const frames = stackTextOf(thrown)
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes(codeFolder.href));
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
