import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import type { Plugin } from "esbuild";
import { ConfigurationError } from "../core/errors.ts";
import { CsvError, parseCsv } from "./csv.ts";

/** A test file with everything that it imports, except muster itself: one ES module that a worker can run. */
export interface Bundle {
  /** SHA-256 of `source`, hexadecimal. */
  readonly hash: string;
  readonly source: string;
  /** The file's name, for reports. */
  readonly fileName: string;
}

/** CommonJS packages inside the bundle ask for Node's own modules by `require`. */
export const requireShim =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire("file:///");';

/**
 * Bundles a test file. Type annotations are dropped, not checked.
 * @throws ConfigurationError when the file is missing, does not parse, or imports something that cannot be found.
 */
export async function bundleTest(file: string): Promise<Bundle> {
  const path = resolve(file);
  await access(path).catch((cause: unknown) => {
    throw new ConfigurationError(`test file not found: ${file} (looked at ${path})`, { cause });
  });
  const esbuild = await import("esbuild");
  try {
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
      external: ["muster-load"],
      banner: { js: requireShim },
      plugins: [csvFiles],
      logLevel: "silent",
    });
    const source = result.outputFiles[0]?.text ?? "";
    return { hash: hashOf(source), source, fileName: basename(path) };
  } catch (cause) {
    throw new ConfigurationError(describeBuildFailure(file, cause), { cause });
  }
}

/** A CSV file is the array of its records. */
const csvFiles: Plugin = {
  name: "csv",
  setup(build) {
    build.onLoad({ filter: /\.csv$/i }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      try {
        return { contents: JSON.stringify(parseCsv(text)), loader: "json" };
      } catch (error) {
        if (!(error instanceof CsvError)) throw error;
        const location = { file: relative(process.cwd(), path), line: error.line, column: 0 };
        return { errors: [{ text: error.message, location }] };
      }
    });
  },
};

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
  return `${place}: ${first.text}${others}`;
}

interface BuildMessage {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}
