import { isThenable, tagOf, valueInWords } from "../../core/value-words.ts";
import { describeThrown } from "../../scenario/test-frames.ts";
import { InvalidRequest } from "./invalid-request.ts";

const longestShownPath = 100;
const greatestDepth = 50;

/**
 * The option `json` as JSON.
 * @throws InvalidRequest when JSON has no words for it, or would keep nothing of a promise, a `Map` and the like in it
 */
export function jsonText(json: unknown): string {
  const text = stringify(json);
  if (text === undefined) throw lost("json", json, "JSON has no words for it");
  // What JSON keeps nothing of is written so. Few bodies have it, and only those are looked through.
  if (text.includes("{}")) findLost("json", json, 0);
  return text;
}

function stringify(json: unknown): string | undefined {
  try {
    return JSON.stringify(json) as string | undefined;
  } catch (cause) {
    throw new InvalidRequest(`the option json cannot be written as JSON: ${describeThrown(cause)}`, { cause });
  }
}

function findLost(path: string, value: unknown, depth: number): void {
  // What says itself how it is written is not looked into.
  if (typeof value !== "object" || value === null || "toJSON" in value || depth > greatestDepth) return;
  const names = Object.keys(value);
  if (names.length === 0) {
    if (isThenable(value)) throw lost(path, value, "await it first");
    const tag = tagOf(value);
    if (tag !== "Object" && tag !== "Array") throw lost(path, value, "JSON keeps nothing of it");
    return;
  }
  if (ArrayBuffer.isView(value)) return;
  for (const name of names) findLost(`${path}.${name}`, (value as Record<string, unknown>)[name], depth + 1);
}

function lost(path: string, value: unknown, why: string): InvalidRequest {
  const what = path === "json" ? "the option json" : shown(path);
  return new InvalidRequest(`${what} is ${valueInWords(value)}; ${why}`);
}

/** On one line, whatever its names hold. */
function shown(path: string): string {
  const text = path.length > longestShownPath ? `${path.slice(0, longestShownPath)}…` : path;
  return /^[\w.…-]+$/.test(text) ? text : JSON.stringify(text);
}
