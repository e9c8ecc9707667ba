import { describeValue, isThenable, tagOf } from "../../../core/describe-value.ts";
import { describeThrown } from "../../../scenario/bundle/test-frames.ts";
import { InvalidRequest } from "./invalid-request.ts";

const longestShownPath = 100;
const greatestDepth = 50;
/** A longer text is not checked for lost values: that would take at least as long as serializing it. */
const longestSearched = 2_000;

/**
 * Serializes the option `json`.
 * @throws InvalidRequest when JSON cannot represent it, or would lose the content of a promise, a `Map` and the like
 */
export function jsonBody(json: unknown): string {
  const text = stringify(json);
  if (text === undefined) throw refusal("", json, "JSON cannot represent it");
  // A value whose content is lost becomes "{}". Few bodies contain that, and only those are searched.
  const lost = text.length <= longestSearched && text.includes("{}") ? lostIn(json, 0) : null;
  if (lost === null) return text;
  const why = isThenable(lost.value) ? "await it first" : "JSON would lose its content";
  throw refusal(lost.path, lost.value, why);
}

function stringify(json: unknown): string | undefined {
  try {
    return JSON.stringify(json) as string | undefined;
  } catch (cause) {
    throw new InvalidRequest(`the option json cannot be written as JSON: ${describeThrown(cause)}`, { cause });
  }
}

interface Lost {
  readonly path: string;
  readonly value: object;
}

/** Finds a value whose content JSON loses; null if there is none. */
function lostIn(value: unknown, depth: number): Lost | null {
  // An object with `toJSON` defines its own JSON.
  if (typeof value !== "object" || value === null || depth > greatestDepth || "toJSON" in value) return null;
  const names = Object.keys(value);
  if (names.length === 0) return isLost(value) ? { path: "", value } : null;
  if (ArrayBuffer.isView(value)) return null;
  for (const name of names) {
    const lost = lostIn((value as Record<string, unknown>)[name], depth + 1);
    if (lost !== null) return { path: `.${name}${lost.path}`, value: lost.value };
  }
  return null;
}

function isLost(value: object): boolean {
  const tag = tagOf(value);
  return (tag !== "Object" && tag !== "Array") || isThenable(value);
}

function refusal(path: string, value: unknown, why: string): InvalidRequest {
  const what = path === "" ? "the option json" : shown(`json${path}`);
  return new InvalidRequest(`${what} is ${describeValue(value)}; ${why}`);
}

/** Returns the path on one line, whatever characters its names contain. */
function shown(path: string): string {
  const text = path.length > longestShownPath ? `${path.slice(0, longestShownPath)}…` : path;
  return /^[\w.…-]+$/.test(text) ? text : JSON.stringify(text);
}
