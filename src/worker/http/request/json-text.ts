import { describeValue, isThenable, tagOf } from "../../../core/describe-value.ts";
import { describeThrown } from "../../../scenario/bundle/test-frames.ts";
import { InvalidRequest } from "./invalid-request.ts";

const longestShownPath = 100;
const greatestDepth = 50;
/** A longer one is not looked through: that would take as long as to write it, or longer. */
const longestSearched = 2_000;

/**
 * The option `json` as JSON.
 * @throws InvalidRequest when JSON has no words for it, or would keep nothing of a promise, a `Map` and the like in it
 */
export function jsonBody(json: unknown): string {
  const text = stringify(json);
  if (text === undefined) throw refusal("", json, "JSON has no words for it");
  // What JSON keeps nothing of is written so. Few bodies have it, and only those are looked through.
  const lost = text.length <= longestSearched && text.includes("{}") ? lostIn(json, 0) : null;
  if (lost === null) return text;
  const why = isThenable(lost.value) ? "await it first" : "JSON keeps nothing of it";
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

/** What is written as nothing; null without any. */
function lostIn(value: unknown, depth: number): Lost | null {
  // What says itself how it is written is not looked into.
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

/** On one line, whatever its names hold. */
function shown(path: string): string {
  const text = path.length > longestShownPath ? `${path.slice(0, longestShownPath)}…` : path;
  return /^[\w.…-]+$/.test(text) ? text : JSON.stringify(text);
}
