import { type LooseObject, listOf, objectOf, oneLine, textOf } from "../loose-json.ts";
import type { ApiDocument } from "./api-document.ts";
import { exampleOf, hasExample } from "./example-value.ts";

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  /** The example, or a value that the schema allows. */
  readonly value: unknown;
  /** Whether the description has an example or a default, so that the value is not guessed. */
  readonly isGiven: boolean;
}

export type OperationBody =
  | { readonly kind: "json"; readonly value: unknown; readonly type: string }
  | { readonly kind: "form" | "multipart"; readonly fields: LooseObject }
  | { readonly kind: "text"; readonly text: string; readonly type: string };

/** One method of one path. */
export interface ApiOperation {
  readonly id: string;
  /** The method in upper case. */
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: OperationBody | null;
  /** The documented success statuses: 200 to 299. */
  readonly successes: readonly number[];
  /** The response for the first documented success status; null if none is described. */
  readonly response: LooseObject | null;
  /** The names of the security schemes that a request needs. */
  readonly security: readonly string[];
}

const methods = ["get", "head", "post", "put", "patch", "delete", "options"];

/** Returns the operations of a description in their order, without deprecated operations. */
export function operationsOf(document: ApiDocument): ApiOperation[] {
  const paths = document.objectAt(document.root["paths"]) ?? {};
  return Object.entries(paths).flatMap(([path, item]) => {
    const shared = document.objectAt(item);
    if (shared === null || !path.startsWith("/")) return [];
    return methods.flatMap((method) => {
      const operation = document.objectAt(shared[method]);
      if (operation === null || operation["deprecated"] === true) return [];
      return [operationOf(document, { method: method.toUpperCase(), path, operation, shared })];
    });
  });
}

interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: LooseObject;
  readonly shared: LooseObject;
}

function operationOf(document: ApiDocument, { method, path, operation, shared }: Described): ApiOperation {
  const responses = Object.entries(document.objectAt(operation["responses"]) ?? {});
  const successes = responses.filter(([status]) => /^2(?:\d\d|XX)$/i.test(status));
  const security = operation["security"] ?? document.root["security"];
  return {
    id: oneLine(textOf(operation["operationId"]), 80) || `${method} ${path}`,
    method,
    path,
    parameters: parametersOf(document, [...listOf(shared["parameters"]), ...listOf(operation["parameters"])]),
    body: bodyOf(document, operation["requestBody"]),
    successes: successes.map(([status]) => Number(status)).filter(Number.isInteger),
    response: document.objectAt(successes[0]?.[1]),
    // The first alternative is enough. An empty one means that no credentials are needed.
    security: Object.keys(objectOf(listOf(security)[0]) ?? {}),
  };
}

function parametersOf(document: ApiDocument, given: readonly unknown[]): Parameter[] {
  const parameters = new Map<string, Parameter>();
  for (const parameter of given.map((one) => document.objectAt(one))) {
    const place = textOf(parameter?.["in"]);
    if (parameter === null || (place !== "path" && place !== "query" && place !== "header")) continue;
    const name = textOf(parameter["name"]);
    const [content] = Object.values(objectOf(parameter["content"]) ?? {});
    const owner = objectOf(content) ?? parameter;
    const isGiven = hasExample(document, owner);
    if (place === "path" || parameter["required"] === true || isGiven) {
      parameters.set(`${place} ${name}`, { name, in: place, value: exampleOf(document, owner), isGiven });
    } else {
      parameters.delete(`${place} ${name}`);
    }
  }
  return [...parameters.values()];
}

function bodyOf(document: ApiDocument, given: unknown): OperationBody | null {
  const content = Object.entries(objectOf(document.objectAt(given)?.["content"]) ?? {});
  const preferred = [/^application\/json/i, /[/+]json/i, /urlencoded/i, /^multipart\//i, /./];
  const [found] = preferred.flatMap((pattern) => content.filter(([type]) => pattern.test(type)).slice(0, 1));
  const media = objectOf(found?.[1]);
  if (found === undefined || media === null) return null;
  const [type] = found;
  const value = exampleOf(document, media);
  if (/[/+]json/i.test(type)) return { kind: "json", value, type };
  if (/urlencoded/i.test(type)) return { kind: "form", fields: objectOf(value) ?? {} };
  if (/^multipart\//i.test(type)) return { kind: "multipart", fields: objectOf(value) ?? {} };
  return { kind: "text", text: typeof value === "string" ? value : JSON.stringify(value), type };
}
