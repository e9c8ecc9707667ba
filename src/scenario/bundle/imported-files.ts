import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import type { OnLoadArgs, OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { parseCsv } from "../data/csv.ts";
import { type DataPart, dataModule, maxDataBytes, megabytes, smallFileBytes } from "./data-part.ts";
import { FileFault } from "./file-fault.ts";
import { decodePlainText, decodeText } from "./file-text.ts";
import { bundleGrpc } from "./grpc-module.ts";
import { readProto } from "./proto-file.ts";

type Form = "csv" | "json" | "text" | "bytes";
/** The function of `data-values.ts` for each form of file. */
const readers: Readonly<Record<Form, string>> = {
  csv: "csvRecords",
  json: "parsedJson",
  text: "fileContent",
  bytes: "fileBytes",
};
const loaders = { csv: "json", json: "json", text: "text", bytes: "binary" } as const;

/** The maximum number of names that a JSON file exports: an object with more keys is a table of records. */
const mostFields = 1_000;

/** Matches files that are not JavaScript or TypeScript. esbuild's regular expressions (Go) have no negative lookahead. */
const noCode = new RegExp(
  [
    String.raw`\.[^./\\]*[^sx./\\]$`,
    String.raw`\.[^./\\]{4,}$`,
    String.raw`\.([^mc./\\][^./\\]s|[mc][^jt./\\]s|[^jt./\\][^./\\]x|[jt][^s./\\]x|[^jt./\\]s|[^./\\]x|s|x)$`,
    String.raw`(^|[/\\])[^./\\]+$`,
  ].join("|"),
);
/** Makes `require` return the value of a file instead of a module. */
const requiredSuffix = "?required";
const insideScheme = "muster-file:";

/**
 * An esbuild plugin that loads the data files of a test: CSV as records, JSON, and files imported as text or bytes. Small
 * files become code. A large file becomes a call, and its bytes become a data part of the bundle.
 */
export class ImportedFiles implements Plugin {
  readonly name = "data";
  readonly #folder: string;
  readonly #parts = new Map<string, DataPart>();
  readonly #protoImports = new Set<string>();
  #totalBytes = 0;

  /** @param folder the folder of the test file; error messages name files relative to it */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns the large files that `source` still uses after esbuild has removed unused code. */
  partsIn(source: string): DataPart[] {
    return [...this.#parts.values()]
      .filter(({ hash }) => source.includes(hash))
      .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  }

  /** The files that `.proto` files of the test import, which esbuild does not see. */
  get protoImports(): readonly string[] {
    return [...this.#protoImports];
  }

  readonly setup = (build: PluginBuild): void => {
    bundleGrpc(build);
    // esbuild uses the first handler that returns a result.
    build.onResolve({ filter: new RegExp(`^${insideScheme}`) }, ({ path }) => ({
      path: path.slice(insideScheme.length),
    }));
    build.onResolve({ filter: /\.(csv|tsv|json)$/i }, (args) => resolveRequired(build, args));
    build.onLoad({ filter: noCode, namespace: "file" }, (args) => this.#load(args));
  };

  async #load({ path, suffix, with: attributes }: OnLoadArgs): Promise<OnLoadResult | undefined> {
    const form = formOf(path, attributes.type);
    const isProto = form === null && /\.proto$/i.test(path);
    if (form === null && !isProto) return undefined;
    const name = relative(this.#folder, path).replaceAll(sep, "/");
    try {
      if (form === null) return this.#proto(path, name);
      const { size } = await stat(path);
      if (size <= smallFileBytes) return smallFile(form, await readFile(path));
      if (suffix === requiredSuffix) return requiredFile(path);
      this.#count(size);
      return this.#largeFile(form, name, await readFile(path));
    } catch (error) {
      if (error instanceof DataLimit) return { errors: [{ text: `${name}: ${error.message}` }] };
      if (!(error instanceof FileFault)) throw error;
      const location = { file: relative(process.cwd(), path), line: error.line, column: 0 };
      return { errors: [{ text: error.message, location }] };
    }
  }

  #proto(path: string, file: string): OnLoadResult {
    const { json, imports } = readProto(path);
    for (const imported of imports) this.#protoImports.add(imported);
    return { contents: `export default ${JSON.stringify({ file, json })};`, loader: "js" };
  }

  #count(size: number): void {
    this.#totalBytes += size;
    if (this.#totalBytes <= maxDataBytes) return;
    const others =
      this.#totalBytes === size ? "" : `, ${megabytes(this.#totalBytes)} with the others that the test imports`;
    throw new DataLimit(
      `this file has ${megabytes(size)}${others}; a test may import ${megabytes(maxDataBytes)} of data, as every worker keeps it in memory: leave out rows and columns that it does not use`,
    );
  }

  #largeFile(form: Form, name: string, bytes: Uint8Array): OnLoadResult {
    const hash = createHash("sha256").update(bytes).digest("hex");
    this.#parts.set(hash, { hash, bytes });
    const words = form === "bytes" ? [hash] : [hash, name];
    const call = `${readers[form]}(${words.map((word) => JSON.stringify(word)).join(", ")})`;
    const fields = form === "json" ? fieldsOf(bytes) : [];
    const contents = [
      `import { ${readers[form]} } from ${JSON.stringify(dataModule)};`,
      `const data = /* @__PURE__ */ ${call};`,
      "export default data;",
      ...fields.map((field, position) => {
        const quoted = JSON.stringify(field);
        return `const field${position} = data[${quoted}];\nexport { field${position} as ${quoted} };`;
      }),
    ];
    return { contents: contents.join("\n"), loader: "js" };
  }
}

class DataLimit extends Error {}

function formOf(path: string, type: string | undefined): Form | null {
  if (type === "text" || type === "bytes" || type === "json") return type;
  if (type !== undefined) return null;
  if (/\.[ct]sv$/i.test(path)) return "csv";
  if (/\.json$/i.test(path)) return "json";
  return /\.txt$/i.test(path) ? "text" : null;
}

function smallFile(form: Form, bytes: Uint8Array): OnLoadResult {
  const loader = loaders[form];
  if (form === "bytes") return { contents: bytes, loader };
  return { contents: form === "csv" ? JSON.stringify(parseCsv(decodePlainText(bytes))) : decodeText(bytes), loader };
}

function requiredFile(path: string): OnLoadResult {
  return { contents: `module.exports = require(${JSON.stringify(insideScheme + path)}).default;`, loader: "js" };
}

const required = Symbol("required");

async function resolveRequired(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  const { path, importer, resolveDir, kind, pluginData } = args;
  if (kind !== "require-call" || pluginData === required) return undefined;
  const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: required });
  if (found.errors.length > 0 || found.external || found.namespace !== "file") return undefined;
  return { path: found.path, namespace: found.namespace, suffix: requiredSuffix };
}

/** Returns the named exports of a JSON file, the same as esbuild's for small files. */
function fieldsOf(bytes: Uint8Array): string[] {
  const text = decodeText(bytes);
  // A list has no named exports, and should not be parsed twice.
  if (!/^\s*\{/.test(text)) return [];
  try {
    const names = Object.keys(JSON.parse(text) as object);
    return names.filter((name) => name !== "default" && name.isWellFormed()).slice(0, mostFields);
  } catch (cause) {
    throw new FileFault(`not JSON: ${(cause as Error).message}`, 1);
  }
}
