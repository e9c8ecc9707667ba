import {
  callCode,
  enclosed,
  fieldCode,
  keyCode,
  literalCode,
  memberCode,
  type Piece,
  pathKey,
  requestStart,
  textCode,
} from "../code/literals.ts";
import { camelCase, nameWords } from "../code/names.ts";
import { type LooseObject, objectOf, textOf } from "../loose-json.ts";
import type { CredentialCode } from "./credentials.ts";
import type { ApiOperation } from "./operation.ts";
import { type IdSource, pathIds, type Resource } from "./resource.ts";

/** The names that the code of an operation refers to. */
export interface ApiNames {
  readonly resources: ReadonlyMap<string, Resource>;
  /** The name of the function or the constant with the id of each resource. */
  readonly ids: ReadonlyMap<Resource, string>;
  readonly credentials: ReadonlyMap<string, CredentialCode>;
  /** Whether the class sends the credentials of all operations. */
  readonly hasClassCredentials: boolean;
}

/** Writes the expression for the id of a resource. */
function idCode(resource: Resource, { ids }: ApiNames): string {
  const name = ids.get(resource) ?? "";
  return resource.source === null ? name : `await ${name}(vu)`;
}

/** Writes the call of an operation, without `await`. */
export function requestCode(operation: ApiOperation, names: ApiNames, indent: string): string {
  const { method, body } = operation;
  const credentials = operation.security.flatMap((name) => names.credentials.get(name) ?? []);
  const headers = [
    ...(names.hasClassCredentials ? [] : credentials.map(({ header }) => header)).filter((header) => header !== ""),
    ...valuesIn(operation, "header"),
    ...(body !== null && "type" in body && body.type !== "application/json"
      ? [`"content-type": ${JSON.stringify(body.type)}`]
      : []),
  ];
  const query = [...valuesIn(operation, "query"), ...credentials.map((one) => one.query).filter((one) => one !== "")];
  const inner = `${indent}  `;
  const [success] = operation.successes;
  const options = [
    ...(operation.path.includes("{")
      ? [`name: ${JSON.stringify(operation.path.replace(/\{([^{}]+)\}/g, ":$1"))}`]
      : []),
    ...(query.length === 0 ? [] : [`query: ${enclosed(query, "{}", inner)}`]),
    ...(headers.length === 0 ? [] : [`headers: ${enclosed(headers, "{}", inner)}`]),
    ...bodyCode(operation, names, inner),
    ...(names.hasClassCredentials ? [] : credentials.map(({ auth }) => auth)).filter((auth) => auth !== ""),
    ...(operation.successes.length === 1 && success !== 200 ? [`expect: ${success}`] : []),
  ];
  return callCode(`${requestStart(method)}${pathCode(operation, names)}`, options, indent);
}

function valuesIn({ parameters }: ApiOperation, place: "query" | "header"): string[] {
  return parameters
    .filter((parameter) => parameter.in === place)
    .flatMap(({ name, value }) => {
      const plain = Array.isArray(value) ? value.join(",") : value;
      if (plain === null || typeof plain === "object") return [];
      const field = place === "header" ? name.toLowerCase() : name;
      return [`${keyCode(field)}: ${JSON.stringify(place === "header" ? String(plain) : plain)}`];
    });
}

function pathCode(operation: ApiOperation, names: ApiNames): string {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { prefix, parameter } of pathIds(operation.path)) {
    const resource = names.resources.get(prefix);
    pieces.push(filled(operation, operation.path.slice(from, prefix.length)));
    pieces.push(resource === undefined ? "" : { code: idCode(resource, names) });
    from = prefix.length + parameter.length + 2;
  }
  return textCode([...pieces, filled(operation, operation.path.slice(from))]);
}

/** Fills in the examples of the parameters in a part of a path that contains no ids. */
function filled({ parameters }: ApiOperation, text: string): string {
  return text.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.in === "path" && one.name === name);
    return encodeURIComponent(textOf(parameter?.value));
  });
}

function bodyCode({ body }: ApiOperation, names: ApiNames, indent: string): string[] {
  switch (body?.kind) {
    case "json": {
      const replaced = new Map(bodyIds(body.value, names).map(([field, code]) => [pathKey([field]), code]));
      return [`json: ${literalCode(body.value, { indent, replaced })}`];
    }
    case "form":
      return [`form: ${enclosed(fieldsCode(body.fields), "{}", indent)}`];
    case "multipart":
      return [`multipart: ${enclosed(fieldsCode(body.fields), "{}", indent)}`];
    case "text":
      return [`body: ${JSON.stringify(body.text)}`];
    default:
      return [];
  }
}

function fieldsCode(fields: LooseObject): string[] {
  return Object.entries(fields).map(([name, value]) => {
    const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
    return fieldCode(name, JSON.stringify(text));
  });
}

/** Returns the fields of a body that are named after the id of a resource with a source, such as `productId`, and the code of the id. */
function bodyIds(value: unknown, names: ApiNames): [field: string, code: string][] {
  return Object.keys(objectOf(value) ?? {}).flatMap((field) => {
    const words = nameWords(field);
    if (words.length < 2 || words.at(-1) !== "id") return [];
    const owner = camelCase(words.slice(0, -1).join(" "));
    const resource = [...names.resources.values()].find(({ name }) => name === owner);
    // A source whose body contains ids might need this id, in a circle.
    const source = resource?.source?.operation;
    if (resource === undefined || source === undefined || (source.body !== null && hasIds(source))) return [];
    return [[field, idCode(resource, names)]];
  });
}

function hasIds({ body }: ApiOperation): boolean {
  return body?.kind !== "json" || Object.keys(objectOf(body.value) ?? {}).some((field) => /id$/i.test(field));
}

/** Writes the statements that store the id of a response in the state of the user. */
export function keepCode(source: IdSource, state: string): string[] {
  const leaf = source.isNumber ? "number" : "string";
  const typeOf = (path: IdSource["path"], inner: string) =>
    path.reduceRight<string>((type, part) => `{ ${typeof part === "number" ? part : keyCode(part)}: ${type} }`, inner);
  if (source.list === null) {
    const value = source.path.reduce<string>(memberCode, `response.json<${typeOf(source.path, leaf)}>()`);
    return [`if (response.ok) vu.state.${state} = ${value};`];
  }
  const type = typeOf(source.list, `${typeOf(source.path, leaf)}[]`);
  const list = source.list.reduce<string>(memberCode, `response.json<${type}>()`);
  return [
    `const found = response.ok ? ${list} : [];`,
    "const chosen = found[Math.floor(vu.random() * found.length)];",
    `if (chosen !== undefined) vu.state.${state} = ${source.path.reduce<string>(memberCode, "chosen")};`,
  ];
}
