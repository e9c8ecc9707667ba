/** A part of a text in the test: literal text, or a TypeScript expression that yields text. */
export type Piece = string | CodePiece;

export interface CodePiece {
  readonly code: string;
  /** Whether the expression yields a number, which JSON sends without quotes. */
  readonly isNumber?: boolean;
}

const lineWidth = 120;
const widestObject = 100;
/** A longer JSON body is written on one line. */
export const longestPretty = 2_000;

/** Writes a string literal, or a template literal if there are expressions. A single expression is written without a literal. */
export function textCode(pieces: readonly Piece[]): string {
  const parts = pieces.filter((piece) => piece !== "");
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object" && only.isNumber !== true) return only.code;
  if (parts.every((piece) => typeof piece === "string")) return JSON.stringify(parts.join(""));
  const inside = parts.map((piece) => (typeof piece === "string" ? templateText(piece) : `\${${piece.code}}`));
  return `\`${inside.join("")}\``;
}

/** Escapes a text for a template literal. */
function templateText(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/`|\$(?=\{|$)/g, "\\$&");
}

/** Writes the name of a field: without quotes where TypeScript allows it. */
export function keyCode(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) && name !== "__proto__" ? name : JSON.stringify(name);
}

/** Writes a field of an object literal: `{ token }` for a variable with the name of the field. */
export function fieldCode(name: string, value: string): string {
  const key = keyCode(name);
  return key === value && !key.startsWith('"') ? key : `${key}: ${value}`;
}

/** Writes access to a field of `object`: `order.id`, or `order["a b"]`. */
export function memberCode(object: string, name: string | number): string {
  if (typeof name === "number") return `${object}[${name}]`;
  return /^[a-z_$][\w$]*$/i.test(name) ? `${object}.${name}` : `${object}[${JSON.stringify(name)}]`;
}

/** The path of a value in JSON: the names of fields and the indices of items, from the outermost to the innermost. */
export type JsonPath = readonly (string | number)[];

/** Returns a JSON path as a text that can be the key of a map. */
export function pathKey(path: JsonPath): string {
  return JSON.stringify(path);
}

export interface LiteralOptions {
  /** The indentation of the line on which the literal starts. */
  readonly indent: string;
  /** The expressions that replace a value, by `pathKey`. */
  readonly replaced?: ReadonlyMap<string, string>;
}

/** Writes a JSON value as a literal: on one line if it is short, else with a line for each field. */
export function literalCode(value: unknown, { indent, replaced = new Map() }: LiteralOptions): string {
  return writeValue(value, [], indent, replaced);
}

function writeValue(value: unknown, path: JsonPath, indent: string, replaced: ReadonlyMap<string, string>): string {
  const expression = replaced.size === 0 ? undefined : replaced.get(pathKey(path));
  if (expression !== undefined) return expression;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const inner = `${indent}  `;
  const fields = Array.isArray(value)
    ? value.map((item, index) => writeValue(item, [...path, index], inner, replaced))
    : Object.entries(value).map(([name, item]) => fieldCode(name, writeValue(item, [...path, name], inner, replaced)));
  return enclosed(fields, Array.isArray(value) ? "[]" : "{}", indent);
}

/** Writes fields between brackets: on one line if they are short, else with a line for each. */
export function enclosed(fields: readonly string[], brackets: "{}" | "[]", indent: string): string {
  const [open, close] = brackets;
  if (fields.length === 0) return brackets;
  const space = brackets === "{}" ? " " : "";
  const line = `${open}${space}${fields.join(", ")}${space}${close}`;
  if (indent.length + line.length <= widestObject && !line.includes("\n")) return line;
  return `${open}\n${fields.map((field) => `${indent}  ${field},\n`).join("")}${indent}${close}`;
}

const shortcuts = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Writes the start of a request up to its URL: `vu.http.get(`, or `vu.http.request("PURGE", `. */
export function requestStart(method: string): string {
  return `vu.http.${shortcuts.has(method) ? `${method.toLowerCase()}(` : `request(${JSON.stringify(method)}, `}`;
}

/** Writes a call with options: `start` is the code before the options, such as `await vu.http.get("/jobs"`. */
export function callCode(start: string, options: readonly string[], indent: string): string {
  if (options.length === 0) return `${start})`;
  const line = `${start}, { ${options.join(", ")} })`;
  if (indent.length + line.length < lineWidth && !line.includes("\n")) return line;
  return `${start}, {\n${options.map((option) => `${indent}  ${option},\n`).join("")}${indent}})`;
}
