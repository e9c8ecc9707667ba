import { SourceMap, type SourceMapPayload } from "node:module";
import { inspect } from "node:util";

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
const musterFolder = new URL("..", import.meta.url).href;

/**
 * Whether muster itself has thrown. Of what a test began, often only Node's frames are left; with a test's frame on the
 * stack it is the test's doing, whatever it called.
 */
export function isDefect(thrown: unknown): boolean {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  return stack.includes(musterFolder) && !stack.includes(testScheme);
}

/** One line for what a test's code threw: its message, and the first place in the test that its stack names. */
export function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error))
    return firstLine(inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY }));
  const text = firstLine(`${thrown.name}: ${messageOf(thrown)}`);
  const frame = /muster-test:[0-9a-f]+:\d+:\d+/.exec(thrown.stack ?? "")?.[0];
  return frame === undefined ? text : `${text} (${mapStack(frame)})`;
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
  if (!(thrown instanceof Error)) return "";
  const frames = (thrown.stack ?? "")
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
