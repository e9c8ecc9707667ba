import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import type { OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { ConfigurationError } from "../../core/errors.ts";

/** Packages that find the native add-on of another package, or compile it. */
const addonTools = [
  "bindings",
  "node-gyp-build",
  "node-gyp-build-optional-packages",
  "node-addon-api",
  "nan",
  "prebuild-install",
];
/** The name of a package with the add-on for one platform, such as "@esbuild/linux-x64". */
const forPlatform = /\b(?:linux|darwin|win32)-(?:x64|arm64)\b/;

/** The fields of a package.json that are used here. */
interface PackageFile {
  readonly gypfile?: unknown;
  readonly binary?: unknown;
  readonly napi?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly muster?: { readonly external?: unknown };
}

/**
 * An esbuild plugin that leaves out of the bundle the packages that work only as files on a disk: those with a native add-on,
 * and those that the `package.json` of the test names in `muster.external`. A worker loads them from its own disk.
 */
export class ExternalPackages implements Plugin {
  readonly name = "packages";
  readonly #named: readonly string[];
  readonly #isExternal = new Map<string, boolean>();
  #hasAny = false;

  /**
   * @param folder the folder of the test file
   * @throws ConfigurationError if `muster.external` is not a list of names
   */
  constructor(folder: string) {
    this.#named = namedIn(folder);
  }

  /** Whether the code imports a package that is left out. */
  get hasAny(): boolean {
    return this.#hasAny;
  }

  readonly setup = (build: PluginBuild): void => {
    build.onResolve({ filter: /^[@a-zA-Z0-9]/ }, ({ path, resolveDir, kind }): OnResolveResult | undefined => {
      const name = packageName(path);
      if (kind === "entry-point" || name === null || isBuiltin(path)) return undefined;
      if (!this.#isOutside(name, resolveDir)) return undefined;
      this.#hasAny = true;
      return { path, external: true };
    });
  };

  #isOutside(name: string, from: string): boolean {
    if (this.#named.includes(name)) return true;
    const file = packageFileOf(name, from);
    if (file === null) return false;
    const known = this.#isExternal.get(file) ?? hasAddon(file);
    this.#isExternal.set(file, known);
    return known;
  }
}

/** Returns "@scope/name" for "@scope/name/part"; null if the path does not begin with the name of a package. */
function packageName(path: string): string | null {
  return /^(?:@[\w.-]+\/)?[\w.-]+(?=$|\/)/.exec(path)?.[0] ?? null;
}

/** Returns the package.json of a package, as code in a folder finds it; null if it is not installed. */
function packageFileOf(name: string, from: string): string | null {
  const file = join(from, "node_modules", name, "package.json");
  if (existsSync(file)) return file;
  return dirname(from) === from ? null : packageFileOf(name, dirname(from));
}

function hasAddon(file: string): boolean {
  const { gypfile, binary, napi, dependencies = {}, optionalDependencies = {} } = read(file);
  const needed = Object.keys({ ...dependencies, ...optionalDependencies });
  return (
    gypfile === true ||
    [binary, napi].some((field) => typeof field === "object" && field !== null) ||
    ["binding.gyp", "prebuilds"].some((name) => existsSync(join(dirname(file), name))) ||
    needed.some((name) => addonTools.includes(name) || forPlatform.test(name))
  );
}

/** Returns the packages that the nearest package.json names in `muster.external`. */
function namedIn(folder: string): readonly string[] {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return dirname(folder) === folder ? [] : namedIn(dirname(folder));
  const external = read(file).muster?.external ?? [];
  if (Array.isArray(external) && external.every((name) => typeof name === "string")) return external;
  throw new ConfigurationError(`${file}: muster.external is not a list of names of packages, such as ["sharp"]`);
}

function read(file: string): PackageFile {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as PackageFile;
  } catch (cause) {
    throw new ConfigurationError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
