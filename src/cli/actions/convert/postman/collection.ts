import { ConfigurationError } from "../../../../core/errors.ts";
import { isSecretField } from "../../../../core/redaction/secret-names.ts";
import { type LooseObject, listOf, objectOf, oneLine, textOf } from "../loose-json.ts";
import { type ScriptEffect, scriptEffect } from "./script.ts";

/** A folder or a request of a Postman collection, format 2.1 or 2.0: https://schema.postman.com */
export type CollectionItem =
  | { readonly kind: "folder"; readonly name: string; readonly items: readonly CollectionItem[] }
  | { readonly kind: "request"; readonly name: string; readonly request: PostmanRequest };

export interface PostmanRequest {
  readonly method: string;
  /** The URL with `{{variables}}` and without its fragment. Its path variables are filled in. */
  readonly url: string;
  readonly headers: readonly Pair[];
  readonly body: PostmanBody | null;
  /** The credentials of the request or, if it declares none, of the nearest folder; null for no credentials. */
  readonly auth: PostmanAuth | null;
  readonly effect: ScriptEffect;
}

export interface Pair {
  readonly name: string;
  readonly value: string;
}

export type PostmanBody =
  | { readonly kind: "raw"; readonly text: string; readonly isJson: boolean }
  | { readonly kind: "form"; readonly fields: readonly Pair[] }
  | { readonly kind: "multipart"; readonly fields: readonly PostmanPart[] }
  | { readonly kind: "graphql"; readonly query: string; readonly variables: string }
  /** The content of a file; its path is empty if the collection does not have it. */
  | { readonly kind: "file"; readonly path: string };

/** A part of a multipart body: a field, or the files of a field. */
export interface PostmanPart extends Pair {
  /** The paths of the files; null for a field. */
  readonly paths: readonly string[] | null;
  /** The content type; empty for the default. */
  readonly type: string;
}

export interface PostmanAuth {
  readonly type: string;
  readonly values: ReadonlyMap<string, string>;
}

export interface Collection {
  readonly name: string;
  readonly items: readonly CollectionItem[];
  /** The initial values of variables; null for a secret. */
  readonly variables: ReadonlyMap<string, string | null>;
}

/** Reads a collection. @param environment an exported environment, whose values override those of the collection; null if none is given */
export function readCollection(file: string, json: LooseObject, environment: LooseObject | null): Collection {
  const items = listOf(json["item"]);
  const name = oneLine(textOf(objectOf(json["info"])?.["name"]), 60);
  const read = itemsOf(items, authOf(json["auth"]));
  if (read.length === 0) throw new ConfigurationError(`${oneLine(file)} contains no request`);
  const variables = new Map([...variablesOf(json["variable"]), ...variablesOf(environment?.["values"])]);
  return { name, items: read, variables };
}

const deepestFolder = 20;

function itemsOf(given: readonly unknown[], inherited: PostmanAuth | null, depth = 0): CollectionItem[] {
  return given.flatMap((value): CollectionItem[] => {
    const item = objectOf(value);
    if (item === null || depth > deepestFolder) return [];
    const name = oneLine(textOf(item["name"]), 80) || "request";
    if (!Array.isArray(item["item"])) return requestItem(name, item, inherited);
    const items = itemsOf(item["item"], item["auth"] === undefined ? inherited : authOf(item["auth"]), depth + 1);
    return items.length === 0 ? [] : [{ kind: "folder", name, items }];
  });
}

function requestItem(name: string, item: LooseObject, inherited: PostmanAuth | null): CollectionItem[] {
  const { request } = item;
  const described = typeof request === "string" ? { url: request } : objectOf(request);
  const url = urlOf(described?.["url"]);
  if (described === null || url === "") return [];
  return [{ kind: "request", name, request: requestOf(described, url, item, inherited) }];
}

function requestOf(
  request: LooseObject,
  url: string,
  item: LooseObject,
  inherited: PostmanAuth | null,
): PostmanRequest {
  const { auth } = request;
  return {
    method: (textOf(request["method"]) || "GET").toUpperCase(),
    url,
    headers: pairsOf(request["header"]),
    body: bodyOf(objectOf(request["body"])),
    auth: auth === undefined || auth === null ? inherited : authOf(auth),
    effect: scriptEffect(listOf(item["event"])),
  };
}

/** Returns the text of a URL, which is a string or an object with its parts. */
function urlOf(given: unknown): string {
  if (typeof given === "string") return given.replace(/#.*$/s, "").trim();
  const url = objectOf(given);
  if (url === null) return "";
  const joined = (value: unknown, by: string) => (Array.isArray(value) ? value.map(textOf).join(by) : textOf(value));
  const protocol = textOf(url["protocol"]);
  const query = pairsOf(url["query"]).map(({ name, value }) => `${name}=${value}`);
  const parts = `${protocol === "" ? "" : `${protocol}://`}${joined(url["host"], ".")}/${joined(url["path"], "/")}`;
  const raw = textOf(url["raw"]) || `${parts}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  const variables = new Map(pairsOf(url["variable"]).map(({ name, value }) => [name, value]));
  const [address = "", search] = raw
    .replace(/#.*$/s, "")
    .trim()
    .split(/\?(.*)/s);
  const path = address.replace(/(?<=\/):([\w-]+)/g, (whole, name: string) => variables.get(name) ?? whole);
  return search === undefined || search === "" ? path : `${path}?${search}`;
}

function pairsOf(given: unknown): Pair[] {
  return listOf(given).flatMap((value) => {
    const pair = objectOf(value);
    const name = textOf(pair?.["key"]) || textOf(pair?.["id"]);
    return pair === null || name === "" || pair["disabled"] === true ? [] : [{ name, value: textOf(pair["value"]) }];
  });
}

function bodyOf(body: LooseObject | null): PostmanBody | null {
  if (body === null || body["disabled"] === true) return null;
  const mode = textOf(body["mode"]);
  if (mode === "urlencoded") return { kind: "form", fields: pairsOf(body["urlencoded"]) };
  if (mode === "formdata") return { kind: "multipart", fields: listOf(body["formdata"]).flatMap(partsOf) };
  if (mode === "graphql") {
    const graphql = objectOf(body["graphql"]);
    return { kind: "graphql", query: textOf(graphql?.["query"]), variables: textOf(graphql?.["variables"]) };
  }
  if (mode === "file") return { kind: "file", path: textOf(objectOf(body["file"])?.["src"]) };
  const text = textOf(body["raw"]);
  const language = textOf(objectOf(objectOf(body["options"])?.["raw"])?.["language"]);
  return text === ""
    ? null
    : { kind: "raw", text, isJson: language === "json" || (language === "" && /^\s*[[{]/.test(text)) };
}

function partsOf(given: unknown): PostmanPart[] {
  const field = objectOf(given);
  const type = textOf(field?.["contentType"]);
  if (field?.["type"] !== "file") return pairsOf([given]).map((pair) => ({ ...pair, paths: null, type }));
  // One path, or a list of them.
  const paths = (Array.isArray(field["src"]) ? field["src"] : [field["src"]]).map(textOf).filter((path) => path !== "");
  return pairsOf([given]).map((pair) => ({ ...pair, paths, type }));
}

function authOf(given: unknown): PostmanAuth | null {
  const auth = objectOf(given);
  const type = textOf(auth?.["type"]);
  if (auth === null || type === "" || type === "noauth") return null;
  const values = auth[type];
  const pairs = Array.isArray(values) ? pairsOf(values).map(({ name, value }) => [name, value] as const) : [];
  // Format 2.0 has an object in place of the list.
  const object = Object.entries(objectOf(values) ?? {}).map(([name, value]) => [name, textOf(value)] as const);
  return { type, values: new Map([...pairs, ...object]) };
}

function variablesOf(given: unknown): [name: string, value: string | null][] {
  return listOf(given).flatMap((value): [string, string | null][] => {
    const variable = objectOf(value);
    const name = textOf(variable?.["key"]) || textOf(variable?.["id"]);
    if (variable === null || name === "" || variable["enabled"] === false || variable["disabled"] === true) return [];
    const isSecret = variable["type"] === "secret" || isSecretField(name);
    return [[name, isSecret ? null : textOf(variable["value"])]];
  });
}
