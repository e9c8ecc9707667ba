import { registerHooks } from "node:module";
import { ConfigurationError, exitCodes, MusterError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest.ts";
import { ownModule } from "../../core/own-files.ts";
import { namingSecrets } from "../connections/secret-files.ts";
import type { TestDefinition } from "../definition/define.ts";
import { declaring } from "../definition/own-metrics.ts";
import { openingFiles } from "../files/test-files.ts";
import { declaringData } from "../shared/data.ts";
import { declaringNames } from "../shared/declared-names.ts";
import type { Bundle } from "./bundle.ts";
import { dataModule } from "./data-part.ts";
import { grpcRuntimeModule } from "./grpc-module.ts";
import { offerData } from "./offered-data.ts";
import { lookForPackagesIn, resolveOutside } from "./package-folders.ts";
import { testSchema } from "./schema.ts";
import { bundleSource, describeThrown, moduleUrlOf, registerBundle, stackOf } from "./test-frames.ts";
import { messageOf } from "./unknown-field.ts";

/** The parts of a bundle that are needed to run it. Only a master has a folder: a worker has received the files. */
export type LoadableBundle = Pick<Bundle, "hash" | "source" | "data"> & Partial<Pick<Bundle, "folder">>;

/** The code of the test threw while it was loaded. */
export class TestCodeError extends MusterError {
  readonly code = "test-code-threw";
  readonly exitCode = exitCodes.testCodeThrew;
}

/** The URL of the running muster, whatever version is installed beside the test file. */
const musterUrl = ownModule("index").href;
/** The modules of muster that the code of a bundle can import, by the names that it uses. */
const ownModules: ReadonlyMap<string, string> = new Map([
  ["muster-load", musterUrl],
  ["muster-load/aws", ownModule("scenario/auth/aws").href],
  [grpcRuntimeModule, ownModule("worker/grpc/runtime").href],
  [dataModule, ownModule("scenario/bundle/data-values").href],
]);
let hooked = false;

/**
 * Runs a bundle in this process and returns the test that it exports by default.
 * @throws TestCodeError if its top level throws; ConfigurationError if it does not export a test
 */
export async function loadBundle(bundle: LoadableBundle): Promise<TestDefinition> {
  const errorOf = (cause: unknown, why: string) =>
    new TestCodeError(`the test file threw while it was loaded: ${why}`, { cause });
  const { hash, folder = null } = bundle;
  if (folder !== null) lookForPackagesIn(folder);
  const load = () => declaringNames(() => importBundle(bundle, errorOf));
  const opening = () => openingFiles(hash, folder, load);
  const module = await declaring(hash, () => declaringData(hash, () => namingSecrets(hash, folder, opening)));
  if (module.default === undefined) {
    throw new ConfigurationError("the test file has no default export; end it with: export default defineTest({ … })");
  }
  return validateTest(module.default);
}

/**
 * Runs a bundle in this process and returns its exports.
 * @param errorOf converts the error that the top level threw, unless it is a ConfigurationError
 */
export async function importBundle(
  bundle: LoadableBundle,
  errorOf: (cause: unknown, why: string) => Error,
): Promise<{ default?: unknown }> {
  hookOnce();
  const url = moduleUrlOf(bundle.hash);
  // A module is evaluated once, and takes its data then.
  if (!isLoaded(bundle.hash)) offerData(bundle.source, bundle.data);
  registerBundle(url, bundle.source);
  try {
    return (await import(url)) as { default?: unknown };
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw errorOf(cause, describeThrown(cause) + (await adviceOn(cause)));
  }
}

/**
 * Returns advice on a package that works only as files, or on a name that `muster-load` does not export; empty for other
 * errors.
 */
async function adviceOn(cause: unknown): Promise<string> {
  const missing = /^Cannot find (?:package|module) '([^']+)'/.exec(cause instanceof Error ? cause.message : "")?.[1];
  if (missing !== undefined) {
    return `; it is not part of the bundle, so each worker needs it: run npm install ${missing} where the worker is started`;
  }
  const [, reader] = /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//.exec(stackOf(cause)) ?? [];
  if (reader !== undefined && cause instanceof ReferenceError && /^__(?:dir|file)name is not/.test(cause.message)) {
    return `; ${reader} reads files of its own: write "muster": { "external": ["${reader}"] } into the package.json of the test`;
  }
  const message = cause instanceof SyntaxError ? cause.message : "";
  const name = /'muster-load' does not provide an export named '([^']+)'/.exec(message)?.[1];
  if (name === undefined) return "";
  const near = nearestName(name, Object.keys(await import(musterUrl)));
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** Whether this process has evaluated the bundle, or has started to: then it needs no data. */
export function isLoaded(hash: string): boolean {
  return bundleSource(moduleUrlOf(hash)) !== undefined;
}

/** Resolves the module of a test from memory, and its import of `muster-load` to the running muster. */
function hookOnce(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (bundleSource(specifier) !== undefined) return { url: specifier, shortCircuit: true };
      const own = ownModules.get(specifier);
      if (own !== undefined) return { url: own, shortCircuit: true };
      return resolveOutside(specifier, context, next);
    },
    load(url, context, next) {
      const source = bundleSource(url);
      return source === undefined ? next(url, context) : { format: "module", source, shortCircuit: true };
    },
  });
}

/**
 * Validates the default export of a test file. Unknown fields are refused by name.
 * @throws ConfigurationError with the path of the first field that is not valid
 */
export function validateTest(value: unknown): TestDefinition {
  const parsed = testSchema.safeParse(value);
  if (!parsed.success) {
    // A misspelt field is also missing under its correct name: the message on the misspelt one explains more.
    const { issues } = parsed.error;
    const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
    const path = issue === undefined ? "" : pathOf(issue.path);
    throw new ConfigurationError(
      `in the test file, ${path || "the default export"}: ${issue === undefined ? "is not a test" : messageOf(testSchema, issue, value)}`,
    );
  }
  const test = value as TestDefinition;
  const stranger = test.users.findIndex(({ setup }) => setup !== undefined && setup !== test.setup);
  if (stranger < 0) return test;
  throw new ConfigurationError(
    `in the test file, users[${stranger}].setup: it is not the setup of the test; a class names that function, for the type of vu.setup`,
  );
}

const longestShown = 60;

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, position) => {
      if (typeof part === "number") return `[${part}]`;
      const name = String(part);
      const shown = name.length > longestShown ? `${name.slice(0, longestShown)}…` : name;
      return position === 0 ? shown : `.${shown}`;
    })
    .join("");
}
