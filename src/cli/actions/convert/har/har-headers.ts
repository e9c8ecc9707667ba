import { listOf, objectOf, textOf } from "../loose-json.ts";

export interface HarHeader {
  /** The name in lower case. */
  readonly name: string;
  readonly value: string;
}

/** Reads headers from a list of objects with a name and a value, or from one object with a field for each header. */
export function headersOf(value: unknown): HarHeader[] {
  const pairs = objectOf(value);
  const found =
    pairs === null
      ? listOf(value).map((pair) => [textOf(objectOf(pair)?.["name"]), textOf(objectOf(pair)?.["value"])] as const)
      : Object.entries(pairs).map(([name, text]) => [name, textOf(text)] as const);
  return found.map(([name, text]) => ({ name: name.trim().toLowerCase(), value: text }));
}

/** Returns the value of the first header with this name; empty if there is none. */
export function headerValue(headers: readonly HarHeader[], name: string): string {
  return headers.find((header) => header.name === name)?.value ?? "";
}
