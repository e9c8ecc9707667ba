import { importLine } from "../code/import-line.ts";
import { keyCode } from "../code/literals.ts";
import { camelCase, DeclaredNames, nameWords, variableCase } from "../code/names.ts";
import type { Conversion } from "../conversion.ts";
import { type LooseObject, oneLine, textOf } from "../loose-json.ts";
import { ApiDocument } from "./api-document.ts";
import { credentialsOf } from "./credentials.ts";
import type { ApiOperation } from "./operation.ts";
import { operationsOf } from "./operation.ts";
import { type ApiNames, keepCode, requestCode } from "./operation-code.ts";
import { pathIds, type Resource, resourcesOf } from "./resource.ts";

/** Converts an OpenAPI 3 description: one user class with a weighted task for each operation. */
export function convertOpenApi(file: string, root: LooseObject): Conversion {
  const document = new ApiDocument(file, root);
  const operations = operationsOf(document);
  if (operations.length === 0) throw document.error("it has no operation, or only deprecated ones");
  return new ApiTest(document, operations, file).conversion();
}

class ApiTest {
  readonly #document: ApiDocument;
  readonly #operations: readonly ApiOperation[];
  readonly #file: string;
  readonly #names = new DeclaredNames();
  readonly #api: ApiNames;
  /** The names of the functions for the operations whose responses contain ids. */
  readonly #functions: ReadonlyMap<ApiOperation, string>;
  readonly #resources: readonly Resource[];

  constructor(document: ApiDocument, operations: readonly ApiOperation[], file: string) {
    this.#document = document;
    this.#operations = operations;
    this.#file = oneLine(file);
    const resources = resourcesOf(document, operations);
    this.#resources = [...resources.values()];
    for (const name of ["response", "found", "chosen"]) this.#names.claim(name, name);
    const credentials = credentialsOf(document, operations, this.#names);
    const ids = new Map(this.#resources.map((resource) => [resource, this.#names.claim(`${resource.name} id`, "id")]));
    const sources = new Set(this.#resources.flatMap(({ source }) => source?.operation ?? []));
    this.#functions = new Map([...sources].map((operation) => [operation, this.#names.claim(operation.id, "request")]));
    const [first] = operations;
    const security = JSON.stringify(first?.security ?? []);
    const hasSameSecurity = operations.every((operation) => JSON.stringify(operation.security) === security);
    this.#api = { resources, ids, credentials, hasClassCredentials: hasSameSecurity && security !== "[]" };
  }

  conversion(): Conversion {
    const { server, title } = this.#document;
    const user = camelCase(title.replace(/\bapi\b/gi, "")) || "api";
    const variable = this.#names.claim(`${user} user`, "apiUser");
    const className = variable.slice(0, 1).toUpperCase() + variable.slice(1);
    const notes = this.#notes();
    const isStateful = this.#functions.size > 0;
    const tasks = this.#operations.map((operation) => this.#task(operation)).join("");
    const constants = this.#constants();
    const text = `${importLine(constants, isStateful ? ["VirtualUser"] : [])}

${notes.map((line) => `// ${line}`).join("\n")}
${constants}${isStateful ? this.#stateCode() : ""}
const ${variable} = defineUser({
  name: ${JSON.stringify(className)},
  pause: between("1s", "3s"),
${this.#classCredentials()}${isStateful ? "  state: (): State => ({}),\n" : ""}  tasks: {
${tasks}  },
});

export default defineTest({
  host: env("SERVICE_URL", ${JSON.stringify(server ?? "http://127.0.0.1:8000")}),
  users: [${variable}],
  load: closed({ users: 10, spawnRate: 1, duration: "1m" }),
  targets: { p95: "500ms", errorRate: "1%" },
});
${this.#functionsCode()}`;
    return { text, notes };
  }

  #notes(): string[] {
    const missing = this.#resources.filter(({ source }) => source === null);
    const variables = [...this.#api.credentials.values()].flatMap(({ variables: read }) => read);
    const needed = new Set(this.#operations.flatMap(({ security }) => security));
    const certificates = [...needed].filter((name) => !this.#api.credentials.has(name));
    const unsafe = this.#operations.filter((operation) => this.#isUnsafe(operation));
    return [
      `Made from ${this.#file}: ${this.#operations.length} operations of ${this.#document.title || "an API"}.`,
      "Weights are a guess: reads 10, writes 3, deletes 1. Edit them to match what users do.",
      ...(this.#document.server === null ? ["The description names no server: set SERVICE_URL or --host."] : []),
      ...(variables.length === 0 ? [] : [`Credentials come from the environment: ${variables.join(", ")}.`]),
      ...(certificates.length === 0
        ? []
        : [`Not converted: the client certificate of ${certificates.join(", ")}. Set tls: { cert, key } in the test.`]),
      ...(missing.length === 0
        ? []
        : [
            `No response has these ids, which come from the environment: ${missing.map(({ name }) => variableCase(`${name} id`)).join(", ")}.`,
          ]),
      ...(unsafe.length === 0
        ? []
        : ["Of weight 0, because they delete what this test did not create:", ...unsafe.map(({ id }) => `  ${id}`)]),
    ];
  }

  #constants(): string {
    const credentials = [...this.#api.credentials.values()].map(({ constant }) => constant);
    const fixed = this.#resources
      .filter(({ source }) => source === null)
      .map((resource) => {
        const { name, prefix, parameter } = resource;
        const values = this.#operations
          .filter(({ path }) => path.startsWith(`${prefix}{${parameter}}`))
          .flatMap(({ parameters }) => parameters.find((one) => one.in === "path" && one.name === parameter) ?? []);
        const example = textOf((values.find(({ isGiven }) => isGiven) ?? values[0])?.value);
        const variable = JSON.stringify(variableCase(`${name} id`));
        return `const ${this.#api.ids.get(resource)} = env(${variable}, ${JSON.stringify(example)});`;
      });
    const lines = [...credentials, ...fixed];
    return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
  }

  #stateCode(): string {
    const fields = this.#resources.flatMap((resource) =>
      resource.source === null
        ? []
        : [`  ${this.#api.ids.get(resource)}?: ${resource.source.isNumber ? "number" : "string"};\n`],
    );
    return `\ninterface State {\n${fields.join("")}}\n`;
  }

  #classCredentials(): string {
    if (!this.#api.hasClassCredentials) return "";
    const credentials = [...this.#api.credentials.values()];
    const headers = credentials.map(({ header }) => header).filter((header) => header !== "");
    const [auth] = credentials.map((one) => one.auth).filter((one) => one !== "");
    return [
      ...(headers.length === 0 ? [] : [`  headers: { ${headers.join(", ")} },\n`]),
      ...(auth === undefined ? [] : [`  ${auth},\n`]),
    ].join("");
  }

  #task(operation: ApiOperation): string {
    const name = keyCode(operation.id);
    const weight = this.#isUnsafe(operation) ? 0 : weightOf(operation);
    const declared = this.#functions.get(operation);
    if (declared !== undefined) return `    ${name}: { weight: ${weight}, run: ${declared} },\n`;
    const request = requestCode(operation, this.#api, "      ");
    const deleted = this.#deleted(operation);
    const keyword = /\bawait\b/.test(request) ? "async " : "";
    if (deleted === null) {
      const line = `    ${name}: { weight: ${weight}, run: ${keyword}(vu) => ${request} },\n`;
      if (line.length <= 120 && !request.includes("\n")) return line;
      return `    ${name}: {\n      weight: ${weight},\n      run: ${keyword}(vu) =>\n        ${request.replaceAll("\n", "\n  ")},\n    },\n`;
    }
    const inner = requestCode(operation, this.#api, "        ");
    return `    ${name}: {
      weight: ${weight},
      async run(vu) {
        await ${inner};
        delete vu.state.${this.#api.ids.get(deleted)};
      },
    },
`;
  }

  /** Returns the resource that an operation deletes and that this user has created; null if there is none. */
  #deleted({ method, path }: ApiOperation): Resource | null {
    if (method !== "DELETE") return null;
    const last = pathIds(path).at(-1);
    const resource = last === undefined ? undefined : this.#api.resources.get(last.prefix);
    return resource?.source != null && path === `${resource.prefix}{${resource.parameter}}` ? resource : null;
  }

  #isUnsafe(operation: ApiOperation): boolean {
    return operation.method === "DELETE" && this.#deleted(operation)?.source?.list !== null;
  }

  /** Writes the functions for the operations that return ids, and the functions for the ids. */
  #functionsCode(): string {
    const operations = [...this.#functions].map(([operation, name]) => {
      const kept = this.#resources.filter(({ source }) => source?.operation === operation);
      const lines = kept.flatMap(({ source }, index) => {
        const resource = kept[index];
        return source === null || resource === undefined ? [] : keepCode(source, this.#api.ids.get(resource) ?? "");
      });
      const what = kept
        .map((resource) => `${article(resource.name)} ${nameWords(resource.name).join(" ")}`)
        .join(" and ");
      return `
/** ${operation.method} ${operation.path}; keeps the id of ${what}. */
async function ${name}(vu: VirtualUser<State>): Promise<void> {
  const response = await ${requestCode(operation, this.#api, "  ")};
${lines.map((line) => `  ${line}\n`).join("")}}
`;
    });
    const ids = this.#resources.flatMap((resource) => {
      const { source, name } = resource;
      const variable = this.#api.ids.get(resource) ?? "";
      if (source === null) return [];
      const made = this.#functions.get(source.operation) ?? "";
      return `
/** The id of ${article(name)} ${nameWords(name).join(" ")}${source.list === null ? ", which is created if there is none" : ""}. */
async function ${variable}(vu: VirtualUser<State>): Promise<${source.isNumber ? "number" : "string"}> {
  if (vu.state.${variable} === undefined) await ${made}(vu);
  if (vu.state.${variable} === undefined) throw new Error(${JSON.stringify(`${made} has returned no id`)});
  return vu.state.${variable};
}
`;
    });
    return [...operations, ...ids].join("");
  }
}

function weightOf({ method }: ApiOperation): number {
  if (method === "GET") return 10;
  return method === "DELETE" || method === "OPTIONS" || method === "HEAD" ? 1 : 3;
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? "an" : "a";
}
