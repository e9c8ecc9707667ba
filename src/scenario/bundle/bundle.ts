import { createHash } from "node:crypto";
import { access } from "node:fs/promises";
import { basename, dirname, resolve, sep } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import { type DataPart, dataModule, maxDataParts, megabytes } from "./data-part.ts";
import { ExternalPackages } from "./external-packages.ts";
import { foreignPackage } from "./foreign-package.ts";
import { grpcNamespace, grpcRuntimeModule } from "./grpc-module.ts";
import { ImportedFiles } from "./imported-files.ts";
import { requireUrl } from "./test-frames.ts";

/** A test file and its imports, except muster itself, as one ES module for workers, and its data files. */
export interface Bundle {
  /** SHA-256 of `source` in hex. It covers the data files too, as the code contains their hashes. */
  readonly hash: string;
  readonly source: string;
  /** Imported files that are too large to be embedded in the code. */
  readonly data: readonly DataPart[];
  /** The name of the test file, for reports. */
  readonly fileName: string;
  /** The folder of the test file: the paths of `file()` and of secret files are relative to it. */
  readonly folder: string;
  /**
   * Whether the code imports packages that workers load from their disk, such as packages with native add-ons. Undefined for
   * a stored test, where it is not known.
   */
  readonly hasPackages?: boolean;
}

/** The maximum size of the code as JSON, in bytes. The limit of the protocol is slightly higher. */
const maxCodeBytes = 60 * 1024 * 1024;

/** Matches a URL whose scheme is missing: "localhost:8000/jobs", "shop.example/". */
const hostLike = /^(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+(?:\/.*)?|\/)$|^localhost(?:\/|$)/;

/** Defines `require`: CommonJS packages in the bundle load Node's built-in modules with it. */
export const requireShim = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire("${requireUrl}");`;

/**
 * Bundles a test file. Type annotations are dropped, not checked.
 * @throws ConfigurationError if the file is missing, has a syntax error, or imports something that cannot be found
 */
export async function bundleTest(file: string): Promise<Bundle> {
  const path = resolve(file);
  await access(path).catch((cause: unknown) => {
    const meant = hostLike.test(file) ? `; for a URL, write http://${file}` : "";
    throw new ConfigurationError(`test file not found: ${file} (looked at ${path})${meant}`, { cause });
  });
  const files = new ImportedFiles(dirname(path));
  const { source, hasPackages } = await build(file, path, files);
  const data = files.partsIn(source);
  requireSendable(file, source, data);
  return { hash: hashOf(source), source, data, fileName: basename(path), folder: dirname(path), hasPackages };
}

/**
 * Returns the paths of a test file and of all files that it imports, except those of packages.
 * @throws ConfigurationError as `bundleTest` does
 */
export async function filesOfTest(file: string): Promise<string[]> {
  const path = resolve(file);
  const { inputs } = await build(file, path, new ImportedFiles(dirname(path)));
  const read = inputs.filter((input) => !input.startsWith(`${grpcNamespace}:`));
  return read.map((input) => resolve(input)).filter((input) => !input.includes(`${sep}node_modules${sep}`));
}

async function build(
  file: string,
  path: string,
  files: ImportedFiles,
): Promise<{ readonly source: string; readonly inputs: readonly string[]; readonly hasPackages: boolean }> {
  const esbuild = await import("esbuild");
  try {
    const packages = new ExternalPackages(dirname(path));
    const result = await esbuild.build({
      entryPoints: [path],
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
      target: "node22",
      sourcemap: "inline",
      // Sources are named relative to the test file.
      outdir: dirname(path),
      sourcesContent: false,
      external: ["muster-load", "muster-load/aws", grpcRuntimeModule, dataModule],
      banner: { js: requireShim },
      plugins: [packages, files],
      logLevel: "silent",
      metafile: true,
    });
    return {
      source: result.outputFiles[0]?.text ?? "",
      inputs: [...Object.keys(result.metafile.inputs), ...files.protoImports],
      hasPackages: packages.hasAny,
    };
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(describeBuildFailure(file, cause), { cause });
  }
}

/** @throws ConfigurationError if the code is larger than a worker accepts */
function requireSendable(file: string, source: string, data: readonly DataPart[]): void {
  // A character takes up to 6 bytes in JSON.
  const size = source.length * 6 > maxCodeBytes ? Buffer.byteLength(JSON.stringify(source)) : 0;
  if (size > maxCodeBytes) {
    throw new ConfigurationError(
      `${file}: the code of the test has ${megabytes(size)}, imports included; workers accept at most ${megabytes(maxCodeBytes)}: move data into files (CSV, JSON, text) and import these`,
    );
  }
  if (data.length > maxDataParts) {
    throw new ConfigurationError(
      `${file}: the test imports ${data.length} large files; at most ${maxDataParts} are possible: put them together`,
    );
  }
}

export function hashOf(source: string): string {
  return createHash("sha256").update(source).digest("hex");
}

function describeBuildFailure(file: string, cause: unknown): string {
  const errors = (cause as { errors?: readonly BuildMessage[] }).errors ?? [];
  const first = errors[0];
  if (first === undefined) return `${file} cannot be bundled: ${String(cause)}`;
  const { location } = first;
  const place = location ? `${location.file}:${location.line}:${location.column + 1}` : file;
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return `${place}: ${withAdvice(first.text)}${others}`;
}

function withAdvice(text: string): string {
  // esbuild's advice on loaders is about settings that a test does not have.
  if (text.startsWith("No loader is configured")) {
    return `${text}; import the file with { type: "text" } or with { type: "bytes" }`;
  }
  const name = /^Could not resolve "([^"]*)"/.exec(text)?.[1] ?? "";
  const foreign = foreignPackage(name);
  if (foreign === null && /^(?:@[\w.-]+\/)?[a-z0-9][\w.-]*$/.test(name))
    return `${text}; install it: npm install ${name}`;
  return foreign === null ? text : `${text}, as in ${foreign.what}, which muster does not run: ${foreign.instead}`;
}

interface BuildMessage {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}
