import { type JsonPath, pathKey } from "../code/literals.ts";
import type { RecordedStep } from "../har/recorded-step.ts";

/** A place in a request that has one value: a segment of the path, a field, a header. */
export interface Place {
  readonly kind: "path" | "query" | "header" | "json" | "form" | "text";
  /**
   * The key of the place within its request, e.g. "path:2" or `json:["order","id"]`. Fields of a form that is sent as text have
   * the key "text".
   */
  readonly key: string;
  /** The name of the field or header; for a segment of the path, the segment before it. */
  readonly name: string;
  /** The decoded value. */
  readonly text: string;
  /** Whether the value is a number in JSON. */
  readonly isNumber: boolean;
}

/** Longer bodies are not searched for values. */
const longestBody = 200_000;

/** Returns the places in a request that may contain a value which the service has issued. */
export function placesOf(step: RecordedStep): Place[] {
  const [pathname = "", search = ""] = splitAt(step.path, "?");
  return [
    ...pathPlaces(pathname),
    ...queryPlaces(search),
    ...step.headers.map(({ name, value }) => placeOf("header", `header:${name}`, name, value)),
    ...bodyPlaces(step),
  ];
}

function pathPlaces(pathname: string): Place[] {
  const segments = pathname.split("/").map(decoded);
  return segments.flatMap((segment, index) =>
    segment === "" ? [] : placeOf("path", `path:${index}`, segments[index - 1] ?? "", segment),
  );
}

function queryPlaces(search: string): Place[] {
  return search.split("&").flatMap((pair, index) => {
    const [name = "", value = ""] = splitAt(pair, "=");
    const text = decoded(value.replaceAll("+", " "));
    return text === "" ? [] : placeOf("query", `query:${index}`, decoded(name), text);
  });
}

function bodyPlaces({ body }: RecordedStep): Place[] {
  switch (body.kind) {
    case "json":
      return body.text.length > longestBody ? [] : leavesOf(JSON.parse(body.text)).map(leafPlace);
    case "form":
      return body.fields.map(({ name, value }) => placeOf("form", `form:${name}`, name, value));
    case "text":
      return body.text.length > longestBody ? [] : textPlaces(body.text);
    default:
      return [];
  }
}

/** The length of the shortest field to consider of a form that is sent as text: a shorter value could also be a part of other fields. */
const shortestField = 6;

/** Returns the fields if the text is a form, which the test sends as text because of, for example, blanks; otherwise the text. */
function textPlaces(text: string): Place[] {
  if (!/^(?:[\w.*~!'()+[\]-]|%[0-9a-f]{2})+=[^=&\s]*(?:&[^&\s]*)*$/i.test(text))
    return [placeOf("text", "text", "", text)];
  const fields = [...new URLSearchParams(text)].filter(([, value]) => value.length >= shortestField);
  return fields.map(([name, value]) => placeOf("form", "text", name, value));
}

function leafPlace({ path, value }: Leaf): Place {
  const isNumber = typeof value === "number";
  const name = path.findLast((part) => typeof part === "string") ?? "";
  return { ...placeOf("json", `json:${pathKey(path)}`, String(name), String(value)), isNumber };
}

function placeOf(kind: Place["kind"], key: string, name: string, text: string): Place {
  return { kind, key, name, text, isNumber: false };
}

/** A string or a number in JSON. */
export interface Leaf {
  readonly path: JsonPath;
  readonly value: string | number;
}

const mostLeaves = 20_000;

/** Returns the strings and numbers in a JSON value, in the order of the text. */
export function leavesOf(json: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (value: unknown, path: JsonPath): void => {
    if (leaves.length >= mostLeaves || path.length > 100) return;
    if (typeof value === "string" || typeof value === "number") leaves.push({ path, value });
    else if (Array.isArray(value)) value.forEach((item, index) => void visit(item, [...path, index]));
    else if (typeof value === "object" && value !== null) {
      for (const [name, item] of Object.entries(value)) visit(item, [...path, name]);
    }
  };
  visit(json, []);
  return leaves;
}

/** Splits a text into the parts before and after the first `separator`. */
function splitAt(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Percent-decodes a text. Returns it unchanged if its encoding is not valid. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
