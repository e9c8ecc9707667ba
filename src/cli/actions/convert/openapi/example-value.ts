import { type LooseObject, listOf, numberOf, objectOf, textOf } from "../loose-json.ts";
import type { ApiDocument } from "./api-document.ts";

const deepest = 8;

/** Returns the example of a media type or a parameter: its own, the first of its examples, or a value that its schema allows. */
export function exampleOf(document: ApiDocument, owner: LooseObject): unknown {
  if (owner["example"] !== undefined) return owner["example"];
  const [first] = Object.values(objectOf(owner["examples"]) ?? {});
  const value = document.objectAt(first)?.["value"];
  return value === undefined ? valueOfSchema(document, owner["schema"]) : value;
}

/** Whether the description has an example or a default, so that the value need not be guessed. */
export function hasExample(document: ApiDocument, owner: LooseObject): boolean {
  const schema = document.objectAt(owner["schema"]);
  return [owner["example"], owner["examples"], schema?.["example"], schema?.["default"]].some(
    (one) => one !== undefined,
  );
}

/** Returns a value that a JSON schema allows: its example, default or first choice, otherwise a value made from its type and limits. */
export function valueOfSchema(document: ApiDocument, given: unknown, depth = 0): unknown {
  const schema = document.objectAt(given);
  if (schema === null || depth > deepest) return null;
  const [example] = listOf(schema["examples"]);
  const [choice] = listOf(schema["enum"]);
  for (const value of [schema["example"], example, schema["default"], schema["const"], choice]) {
    if (value !== undefined) return value;
  }
  const [alternative] = [...listOf(schema["oneOf"]), ...listOf(schema["anyOf"])].filter(
    (one) => !isNull(document, one),
  );
  const parts = [...listOf(schema["allOf"]), ...(alternative === undefined ? [] : [alternative])];
  if (parts.length === 0) return valueOfType(document, schema, depth);
  const values = parts.map((part) => valueOfSchema(document, part, depth + 1));
  const own = schema["properties"] === undefined ? {} : valueOfType(document, schema, depth);
  return values.every((value) => objectOf(value) !== null) ? Object.assign({}, ...values, own) : values[0];
}

function isNull(document: ApiDocument, schema: unknown): boolean {
  return document.objectAt(schema)?.["type"] === "null";
}

function valueOfType(document: ApiDocument, schema: LooseObject, depth: number): unknown {
  switch (typeOf(schema)) {
    case "object":
      return objectValue(document, schema, depth);
    case "array": {
      const count = Math.min(Math.max(1, numberOf(schema["minItems"]) ?? 1), 5);
      return Array.from({ length: count }, () => valueOfSchema(document, schema["items"], depth + 1));
    }
    case "string":
      return stringValue(schema);
    case "integer":
    case "number":
      return numberValue(schema);
    case "boolean":
      return true;
    default:
      return null;
  }
}

function typeOf(schema: LooseObject): string {
  const { type } = schema;
  // OpenAPI 3.1 writes `["string", "null"]`.
  const named = Array.isArray(type) ? textOf(type.find((one) => one !== "null")) : textOf(type);
  if (named !== "") return named;
  if (schema["properties"] !== undefined) return "object";
  return schema["items"] === undefined ? "" : "array";
}

/** Returns an object with the required fields and the fields that have an example, without read-only fields. */
function objectValue(document: ApiDocument, schema: LooseObject, depth: number): LooseObject {
  const required = new Set(listOf(schema["required"]));
  const fields = Object.entries(objectOf(schema["properties"]) ?? {}).filter(([name, property]) => {
    const resolved = document.objectAt(property);
    if (resolved?.["readOnly"] === true) return false;
    return required.has(name) || resolved?.["example"] !== undefined || listOf(resolved?.["examples"]).length > 0;
  });
  return Object.fromEntries(fields.map(([name, property]) => [name, valueOfSchema(document, property, depth + 1)]));
}

const formats: Readonly<Record<string, string>> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00Z",
  duration: "PT1H",
  email: "user@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  url: "https://example.com/",
  uuid: "3fa85f64-5717-4562-b3fc-2c963f66afa6",
  byte: "dGV4dA==",
  password: "password",
};

function stringValue(schema: LooseObject): string {
  const known = formats[textOf(schema["format"])];
  if (known !== undefined) return known;
  const shortest = Math.min(numberOf(schema["minLength"]) ?? 0, 1_000);
  return "text".padEnd(shortest, "x").slice(0, numberOf(schema["maxLength"]) ?? undefined);
}

function numberValue(schema: LooseObject): number {
  const step = numberOf(schema["multipleOf"]) ?? 1;
  const above = numberOf(schema["exclusiveMinimum"]);
  const least = above === null ? numberOf(schema["minimum"]) : above + step;
  const most = numberOf(schema["maximum"]) ?? Number.POSITIVE_INFINITY;
  return Math.min(Math.ceil((least ?? 1) / step) * step, most);
}
