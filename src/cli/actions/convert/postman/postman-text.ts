import { isSecretField, isSecretHeader, isSecretParameter } from "../../../../core/redaction/secret-names.ts";
import { importLine } from "../code/import-line.ts";
import { callCode, enclosed, fieldCode, keyCode, memberCode, requestStart, textCode } from "../code/literals.ts";
import { camelCase, DeclaredNames } from "../code/names.ts";
import { SentFiles } from "../code/sent-files.ts";
import type { Conversion } from "../conversion.ts";
import { type LooseObject, oneLine } from "../loose-json.ts";
import { bodyCode } from "./body-code.ts";
import {
  type CollectionItem,
  type Pair,
  type PostmanAuth,
  type PostmanBody,
  type PostmanRequest,
  readCollection,
} from "./collection.ts";
import type { SetVariable } from "./script.ts";
import { PostmanVariables } from "./variables.ts";

/** Converts a collection to one user class, whose tasks are the folders and requests at the top level, in their order. */
export function convertCollection(file: string, json: LooseObject, environment: LooseObject | null): Conversion {
  return new CollectionTest(file, json, environment).conversion();
}

interface AuthFields {
  readonly headers: readonly (readonly [name: string, code: string])[];
  readonly query: readonly Pair[];
  readonly options: readonly string[];
}

class CollectionTest {
  readonly #file: string;
  readonly #name: string;
  readonly #items: readonly CollectionItem[];
  readonly #names = new DeclaredNames();
  readonly #variables: PostmanVariables;
  /** The start of the URLs of most requests: `{{baseUrl}}` or an origin. */
  readonly #base: string;
  readonly #review = new Set<string>();
  readonly #files: SentFiles;
  #requests = 0;

  constructor(file: string, json: LooseObject, environment: LooseObject | null) {
    const { items, name, variables } = readCollection(file, json, environment);
    this.#file = oneLine(file);
    this.#name = name || "Postman";
    this.#items = items;
    const requests = requestsIn(items);
    const set = new Set(requests.flatMap(({ effect }) => effect.sets.map((one) => one.name)));
    this.#names.claim("postmanUser", "postmanUser");
    this.#files = new SentFiles(this.#names);
    this.#variables = new PostmanVariables(variables, set, this.#names);
    this.#base = mostFrequent(requests.map(({ url }) => baseOf(url)));
  }

  conversion(): Conversion {
    const tasks = this.#items.map((item) => this.#task(item)).join("");
    const host = this.#hostCode();
    const state = this.#variables.stateFields();
    const constants = [...this.#variables.declarations(), ...this.#files.declarations()];
    const notes = this.#notes();
    const text = `${importLine([tasks, ...constants].join("\n"))}

${notes.map((line) => `// ${line}`).join("\n")}
${constants.length === 0 ? "" : `\n${constants.join("\n")}\n`}
const postmanUser = defineUser({
  name: "PostmanUser",
  pause: between("1s", "3s"),
  order: "sequential",
${state.length === 0 ? "" : `  state: () => (${enclosed(state, "{}", "  ")}),\n`}  tasks: {
${tasks}  },
});

export default defineTest({
  host: ${host},
  users: [postmanUser],
  load: closed({ users: 10, spawnRate: 1, duration: "1m" }),
  targets: { p95: "500ms", errorRate: "1%" },
});
`;
    return { text, notes };
  }

  #notes(): string[] {
    const missing = this.#variables.missing();
    return [
      `Made from ${this.#file}: ${this.#requests} ${this.#requests === 1 ? "request" : "requests"} of ${this.#name}.`,
      "Each folder is a task, and tasks run in the order of the collection.",
      ...(missing.length === 0 ? [] : [`These come from the environment: ${missing.join(", ")}.`]),
      ...(this.#files.paths.length === 0
        ? []
        : ["Files, by paths relative to the test:", ...this.#files.paths.map((path) => `  ${oneLine(path, 100)}`)]),
      ...(this.#review.size === 0
        ? []
        : ["Not converted, or not completely:", ...[...this.#review].map((line) => `  ${line}`)]),
    ];
  }

  #hostCode(): string {
    const [, name] = /^\{\{\s*([^{}]+?)\s*\}\}$/.exec(this.#base) ?? [];
    if (name === undefined) return `env("SERVICE_URL", ${JSON.stringify(this.#base || "http://127.0.0.1:8000")})`;
    const value = this.#variables.valueOf(name);
    const { code } = this.#variables.expressionOf(name);
    // Postman uses http for a URL without a scheme.
    return value !== "" && !/^https?:\/\//i.test(value) ? `\`http://\${${code}}\`` : code;
  }

  #task(item: CollectionItem): string {
    const body =
      item.kind === "folder" ? this.#steps(item.items, "      ") : this.#request(item.name, item.request, "      ");
    return `    ${keyCode(item.name)}: async (vu) => {\n${body}    },\n`;
  }

  /** Writes the requests of a folder, and a group for each folder in it. */
  #steps(items: readonly CollectionItem[], indent: string): string {
    return items
      .map((item) => {
        if (item.kind === "request")
          return `${indent}// ${item.name}\n${this.#request(item.name, item.request, indent)}`;
        const inner = this.#steps(item.items, `${indent}  `);
        return `${indent}await vu.group(${JSON.stringify(item.name)}, async () => {\n${inner}${indent}});\n`;
      })
      .join("");
  }

  #request(name: string, request: PostmanRequest, indent: string): string {
    this.#requests++;
    const { method, effect } = request;
    if (effect.isIncomplete) this.#review.add(`the script of ${name}`);
    const response = effect.sets.some(({ from }) => from.kind !== "text")
      ? this.#names.claim(`${camelCase(name).slice(0, 30)} response`, "response")
      : "";
    const start = `${response === "" ? "" : `const ${response} = `}await ${requestStart(method)}${this.#urlCode(request)}`;
    const lines = [
      `${callCode(start, this.#options(name, request, `${indent}  `), indent)};`,
      ...effect.sets.map((set) => `vu.state.${this.#variables.state.get(set.name)} = ${this.#setCode(set, response)};`),
    ];
    return lines.map((line) => `${indent}${line}\n`).join("");
  }

  #urlCode(request: PostmanRequest): string {
    const { url } = request;
    const [address = "", search] = url.split(/\?(.*)/s);
    const isOfHost = this.#base !== "" && baseOf(url) === this.#base;
    const path = isOfHost ? address.slice(this.#base.length) : address;
    const start = isOfHost ? (path.startsWith("/") ? "" : "/") : /^(?:\{\{|https?:)/i.test(url) ? "" : "http://";
    const pieces = this.#variables.piecesOf(`${start}${path}`);
    const fields = search === undefined || search === "" ? [] : search.split("&");
    const secret = (name: string, value: string) => [
      ...this.#variables.piecesOf(`${name}=`),
      ...this.#variables.secretPiecesOf(name, value),
    ];
    const given = fields.map((field) => {
      const [name = "", value] = field.split(/=(.*)/s);
      return value !== undefined && isSecretParameter(name) ? secret(name, value) : this.#variables.piecesOf(field);
    });
    // Credentials are secret, whatever their names are.
    const query = [...given, ...this.#authFields(request).query.map(({ name, value }) => secret(name, value))];
    return textCode([...pieces, ...query.flatMap((field, position) => [position === 0 ? "?" : "&", ...field])]);
  }

  #headerCode({ name, value }: Pair): string {
    const isSecret = isSecretHeader(name);
    return textCode(isSecret ? this.#variables.secretPiecesOf(name, value) : this.#variables.piecesOf(value));
  }

  #setCode({ name, from }: SetVariable, response: string): string {
    if (from.kind !== "text" || !isSecretField(name)) return setCode(from, response);
    return textCode(this.#variables.secretPiecesOf(name, from.text));
  }

  #options(name: string, request: PostmanRequest, indent: string): string[] {
    const { url, headers, effect } = request;
    const path = (url.split("?")[0] ?? "").slice(baseOf(url) === this.#base ? this.#base.length : 0);
    const given = new Map(headers.map((header) => [header.name.toLowerCase(), header.value]));
    if (hasUnknownFile(request.body)) this.#review.add(`the body of ${name}, which is a file`);
    const body = bodyCode(request.body, { variables: this.#variables, files: this.#files }, indent);
    if (body.some((line) => line.startsWith("json:")) && given.get("content-type") === "application/json")
      given.delete("content-type");
    if (body.some((line) => /^(?:form|multipart):/.test(line))) given.delete("content-type");
    const all = [
      ...this.#authFields(request).headers.filter(([field]) => !given.has(field)),
      ...[...given].map(([field, value]) => [field, this.#headerCode({ name: field, value })] as const),
    ];
    const [status] = effect.statuses;
    const expected = effect.statuses.length === 1 ? String(status) : `[${effect.statuses.join(", ")}]`;
    return [
      ...(path.includes("{{") ? [`name: ${JSON.stringify(path.replace(/\{\{\s*\$?([^{}]+?)\s*\}\}/g, ":$1"))}`] : []),
      ...(all.length === 0
        ? []
        : [
            `headers: ${enclosed(
              all.map(([field, code]) => fieldCode(field, code)),
              "{}",
              indent,
            )}`,
          ]),
      ...body,
      ...this.#authFields(request).options,
      ...(status === undefined ? [] : [`expect: ${expected}`]),
    ];
  }

  /** Returns the headers, the query field or the option that sends the credentials. */
  #authFields({ auth }: PostmanRequest): AuthFields {
    const none = { headers: [], query: [], options: [] };
    if (auth === null) return none;
    const value = (name: string) => auth.values.get(name) ?? "";
    const code = (text: string) => textCode(this.#variables.piecesOf(text));
    const secret = (name: string, text: string, start = "") =>
      textCode([...this.#variables.piecesOf(start), ...this.#variables.secretPiecesOf(name, text)]);
    switch (auth.type) {
      case "bearer":
        return { ...none, headers: [["authorization", secret("bearerToken", value("token"), "Bearer ")]] };
      case "oauth2": {
        const prefix = `${value("headerPrefix").trim() || "Bearer"} `;
        return { ...none, headers: [["authorization", secret("accessToken", value("accessToken"), prefix)]] };
      }
      case "basic": {
        const password = secret("password", value("password"));
        return { ...none, options: [`auth: basicAuth(${code(value("username"))}, ${password})`] };
      }
      case "apikey":
        if (value("in") === "query") return { ...none, query: [{ name: value("key"), value: value("value") }] };
        return { ...none, headers: [[value("key").toLowerCase(), secret(value("key"), value("value"))]] };
      default:
        return this.#unsupported(auth, none);
    }
  }

  #unsupported<None>({ type }: PostmanAuth, none: None): None {
    this.#review.add(`the credentials of type ${oneLine(type, 40)}`);
    return none;
  }
}

/** Writes the code of a value that a script sets. */
function setCode(from: SetVariable["from"], response: string): string {
  switch (from.kind) {
    case "text":
      return JSON.stringify(from.text);
    case "json": {
      const type = from.path.reduceRight<string>(
        (inner, part) =>
          part === 0 ? `[${inner}]` : `{ ${typeof part === "number" ? part : keyCode(part)}: ${inner} }`,
        "string",
      );
      return from.path.reduce<string>(memberCode, `${response}.json<${type}>()`);
    }
    case "header":
      return `${memberCode(`${response}.headers`, from.text.toLowerCase())} ?? ""`;
    case "cookie":
      return `${memberCode(`${response}.cookies`, from.text)} ?? ""`;
  }
}

/** Whether the body contains a file whose path is not in the collection. */
function hasUnknownFile(body: PostmanBody | null): boolean {
  if (body?.kind === "file") return body.path === "";
  return body?.kind === "multipart" && body.fields.some(({ paths }) => paths?.length === 0);
}

function requestsIn(items: readonly CollectionItem[]): PostmanRequest[] {
  return items.flatMap((item) => (item.kind === "folder" ? requestsIn(item.items) : [item.request]));
}

/** Returns the `{{baseUrl}}` or the origin that a URL starts with; empty if it starts with neither. */
function baseOf(url: string): string {
  return /^\{\{[^{}]+\}\}(?=[/?]|$)/.exec(url)?.[0] ?? /^https?:\/\/[^/?{}]+(?=[/?]|$)/i.exec(url)?.[0] ?? "";
}

function mostFrequent(values: readonly string[]): string {
  const groups = [
    ...Map.groupBy(
      values.filter((value) => value !== ""),
      (value) => value,
    ),
  ];
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? "";
}
