import { isSecretField } from "../../../../core/redaction/secret-names.ts";
import { type JsonPath, literalCode, type Piece, pathKey, textCode } from "../code/literals.ts";
import { leavesOf } from "../correlation/place.ts";
import type { PostmanVariables } from "./variables.ts";

/** The prefix that marks a variable without quotes in JSON. */
const mark = "\u0001";

/** Writes a JSON text with `{{variables}}` as a literal; null if it is not JSON. */
export function jsonTemplateCode(text: string, variables: PostmanVariables, indent: string): string | null {
  const value = parsed(text);
  if (value === undefined) return null;
  const replaced = new Map<string, string>();
  const replace = (path: JsonPath, leaf: string) => replaced.set(pathKey(path), leafCode(leaf, variables));
  for (const { path, value: leaf } of leavesOf(value)) {
    if (typeof leaf !== "string") continue;
    const name = path.findLast((part) => typeof part === "string") ?? "";
    const isSecret = isSecretField(name) && !leaf.startsWith(mark) && leaf !== "";
    if (isSecret) replaced.set(pathKey(path), textCode(variables.secretPiecesOf(name, leaf)));
    else if (leaf.includes("{{") || leaf.startsWith(mark)) replace(path, leaf);
  }
  return literalCode(value, { indent, replaced });
}

function leafCode(leaf: string, variables: PostmanVariables): string {
  if (!leaf.startsWith(mark)) return textCode(variables.piecesOf(leaf) satisfies Piece[]);
  const { code, isNumber } = variables.expressionOf(leaf.slice(1));
  // A constant is text from the environment. A value from a response keeps its type.
  return isNumber === true || code.startsWith("vu.state.") ? code : `JSON.parse(${code})`;
}

/** Parses a JSON text that may contain variables without quotes, and comments, as Postman allows; undefined if it is not JSON. */
function parsed(text: string): unknown {
  const strings = /"(?:[^"\\]|\\.)*"/g;
  const marked = (rest: string) =>
    rest
      .replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, name: string) => JSON.stringify(mark + name))
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  let from = 0;
  let json = "";
  for (const match of text.matchAll(strings)) {
    json += marked(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  try {
    return JSON.parse(json + marked(text.slice(from)));
  } catch {
    return undefined;
  }
}
