import type { JsonPath } from "../code/literals.ts";
import { camelCase, nameWords, singular } from "../code/names.ts";
import { type LooseObject, listOf, objectOf, textOf } from "../loose-json.ts";
import type { ApiDocument } from "./api-document.ts";
import type { ApiOperation } from "./operation.ts";

/** A kind of thing that paths identify by an id, such as the job of `/jobs/{jobId}`, and the source of its ids. */
export interface Resource {
  /** The path up to the parameter: `/jobs/`. */
  readonly prefix: string;
  /** The name in the singular: "job". */
  readonly name: string;
  /** The name of the parameter. */
  readonly parameter: string;
  readonly source: IdSource | null;
}

/** An operation whose response contains the id, and the place of the id in it. */
export interface IdSource {
  readonly operation: ApiOperation;
  /** The place of the id in the response; in a list, relative to its items. */
  readonly path: JsonPath;
  /** The place of the list in the response; null if the response contains one resource. */
  readonly list: JsonPath | null;
  readonly isNumber: boolean;
}

/** Returns all resources of the description, by the path up to their id. */
export function resourcesOf(document: ApiDocument, operations: readonly ApiOperation[]): ReadonlyMap<string, Resource> {
  const resources = new Map<string, Resource>();
  for (const { path } of operations) {
    for (const { prefix, parameter } of pathIds(path)) {
      if (resources.has(prefix)) continue;
      const collection =
        prefix.split("/").findLast((segment) => segment !== "" && !segment.startsWith("{")) ?? parameter;
      const name = singular(camelCase(collection)) || "item";
      const source = sourceOf(document, operations, { prefix, parameter, name });
      resources.set(prefix, { prefix, parameter, name, source });
    }
  }
  return resources;
}

/** Returns the parameters of a path that are a whole segment, each with the path before it. */
export function pathIds(path: string): { prefix: string; parameter: string }[] {
  return [...path.matchAll(/(?<=\/)\{([^{}/]+)\}(?=\/|$)/g)].map((match) => ({
    prefix: path.slice(0, match.index),
    parameter: match[1] ?? "",
  }));
}

interface Wanted {
  readonly prefix: string;
  readonly parameter: string;
  readonly name: string;
}

function sourceOf(document: ApiDocument, operations: readonly ApiOperation[], wanted: Wanted): IdSource | null {
  const collection = wanted.prefix.replace(/\/$/, "");
  const at = (method: string) =>
    operations.find((operation) => operation.method === method && operation.path === collection);
  const created = at("POST");
  const listed = at("GET");
  return (
    linked(document, operations, wanted) ??
    (created === undefined ? null : ofOne(document, created, wanted)) ??
    (listed === undefined ? null : ofList(document, listed, wanted))
  );
}

/** Finds the source in the links of OpenAPI: the link of a response that gives the parameter of another operation its value. */
function linked(
  document: ApiDocument,
  operations: readonly ApiOperation[],
  { prefix, parameter }: Wanted,
): IdSource | null {
  for (const operation of operations.filter(({ path }) => !path.startsWith(`${prefix}{`))) {
    for (const link of Object.values(objectOf(operation.response?.["links"]) ?? {}).map((one) =>
      document.objectAt(one),
    )) {
      const target = operations.find(({ id }) => id === textOf(link?.["operationId"]));
      const pointer = /^\$response\.body#(\/.+)$/.exec(textOf(objectOf(link?.["parameters"])?.[parameter]))?.[1];
      if (target?.path.startsWith(`${prefix}{${parameter}}`) !== true || pointer === undefined) continue;
      const path = pointer.slice(1).split("/");
      return {
        operation,
        path,
        list: null,
        isNumber: isNumber(document, propertyAt(document, schemaOf(operation), path)),
      };
    }
  }
  return null;
}

function ofOne(document: ApiDocument, operation: ApiOperation, wanted: Wanted): IdSource | null {
  const found = idIn(document, schemaOf(operation), wanted);
  return found === null ? null : { operation, list: null, ...found };
}

function ofList(document: ApiDocument, operation: ApiOperation, wanted: Wanted): IdSource | null {
  const schema = document.objectAt(schemaOf(operation));
  const properties = Object.entries(propertiesOf(document, schema));
  const lists: (readonly [JsonPath, LooseObject | null])[] = [
    [[], schema],
    ...properties.map(([name, property]) => [[name], document.objectAt(property)] as const),
  ];
  for (const [list, candidate] of lists) {
    const items = candidate?.["items"];
    const found = items === undefined ? null : idIn(document, items, wanted);
    if (found !== null) return { operation, list, ...found };
  }
  return null;
}

/**
 * Finds the id among the properties of a schema, or of an object in it that is named after the resource or is named data,
 * result or item.
 */
function idIn(document: ApiDocument, schema: unknown, { parameter, name }: Wanted) {
  const own = idProperty(document, schema, parameter, name);
  if (own !== null) return own;
  for (const [field, property] of Object.entries(propertiesOf(document, schema))) {
    if (field !== name && !/^(?:data|result|item)$/.test(field)) continue;
    const inner = idProperty(document, property, parameter, name);
    if (inner !== null) return { ...inner, path: [field, ...inner.path] };
  }
  return null;
}

function idProperty(document: ApiDocument, schema: unknown, parameter: string, name: string) {
  const properties = propertiesOf(document, schema);
  const words = (text: string) => nameWords(text).join("");
  const wanted = [words(parameter), `${words(name)}id`, "id", "uuid", "key", "slug"];
  for (const want of wanted) {
    const found = Object.keys(properties).find((property) => words(property) === want);
    if (found !== undefined) return { path: [found], isNumber: isNumber(document, properties[found]) };
  }
  return null;
}

function schemaOf({ response }: ApiOperation): unknown {
  const content = objectOf(response?.["content"]) ?? {};
  const json = Object.entries(content).find(([type]) => /[/+]json/i.test(type));
  return objectOf(json?.[1])?.["schema"];
}

/** Returns the properties of a schema and of the schemas that it combines (allOf, oneOf, anyOf). */
function propertiesOf(document: ApiDocument, schema: unknown, depth = 0): LooseObject {
  const resolved = document.objectAt(schema);
  if (resolved === null || depth > 5) return {};
  const parts = ["allOf", "oneOf", "anyOf"].flatMap((name) => listOf(resolved[name]));
  return Object.assign(
    {},
    ...parts.map((part) => propertiesOf(document, part, depth + 1)),
    objectOf(resolved["properties"]),
  );
}

function propertyAt(document: ApiDocument, schema: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => propertiesOf(document, at)[name], schema);
}

function isNumber(document: ApiDocument, schema: unknown): boolean {
  return /^(?:integer|number)$/.test(textOf(document.objectAt(schema)?.["type"]));
}
