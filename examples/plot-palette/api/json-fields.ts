import { RequestError } from "./request-error.ts";

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

const COLOUR = /^#[0-9a-f]{6}$/i;
const MAX_COLOURS = 12;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The request body as a JSON object; 400 naming the field `(body)` otherwise. */
export function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError(400, "the body is not valid JSON", "(body)");
  }
  if (!isJsonObject(value)) throw new RequestError(400, "the body must be a JSON object", "(body)");
  return value;
}

/** A string of 1 to `maxLength` characters; undefined when the field is absent. */
export function optionalText(body: JsonObject, field: string, maxLength: number): string | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length < 1 || value.length > maxLength) {
    throw new RequestError(400, `${field} must be a string of 1 to ${maxLength} characters`, field);
  }
  return value;
}

export function requiredText(body: JsonObject, field: string, maxLength: number): string {
  const value = optionalText(body, field, maxLength);
  if (value === undefined) throw new RequestError(400, `${field} is required`, field);
  return value;
}

/** 1 to 12 colours as "#rrggbb"; undefined when the field is absent. */
export function optionalColours(body: JsonObject, field: string): readonly string[] | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  const valid =
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= MAX_COLOURS &&
    value.every((colour) => typeof colour === "string" && COLOUR.test(colour));
  if (!valid) {
    throw new RequestError(400, `${field} must be an array of 1 to ${MAX_COLOURS} colours such as "#1f77b4"`, field);
  }
  return value;
}

/** A whole number from the query string, between `min` and `max`; `fallback` when absent. */
export function queryInteger(
  query: URLSearchParams,
  field: string,
  min: number,
  max: number,
  fallback: number,
): number {
  const text = query.get(field);
  if (text === null) return fallback;
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < min || value > max) {
    throw new RequestError(400, `${field} must be a whole number from ${min} to ${max}`, field);
  }
  return value;
}
