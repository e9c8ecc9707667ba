import { registerHooks } from "node:module";
import { ConfigurationError, exitCodes, MusterError } from "../core/errors.ts";
import type { TestDefinition } from "./define.ts";
import { validateTest } from "./validate.ts";

/** The test's own code threw while it was being loaded. */
export class TestCodeError extends MusterError {
  readonly code = "test-code-threw";
  readonly exitCode = exitCodes.testCodeThrew;
}

const scheme = "muster-test:";
/** The muster that is running, whatever version may lie beside the test file. */
const musterUrl = import.meta.resolve(import.meta.url.endsWith(".ts") ? "../index.ts" : "../index.js");
const sources = new Map<string, string>();
let hooked = false;

/**
 * Runs a bundle in this process and returns the test that it exports by default.
 * @throws TestCodeError when its top level throws; ConfigurationError when what it exports is not a test.
 */
export async function loadBundle(bundle: { readonly hash: string; readonly source: string }): Promise<TestDefinition> {
  hookOnce();
  process.setSourceMapsEnabled(true);
  const url = scheme + bundle.hash;
  sources.set(url, bundle.source);
  let module: { default?: unknown };
  try {
    module = (await import(url)) as { default?: unknown };
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new TestCodeError(`the test file threw while it was loaded: ${describe(cause)}`, { cause });
  }
  if (module.default === undefined) {
    throw new ConfigurationError("the test file has no default export; end it with: export default defineTest({ … })");
  }
  return validateTest(module.default);
}

/** The test's module lives in memory, and its `muster-load` is the muster that runs it. */
function hookOnce(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith(scheme)) return { url: specifier, shortCircuit: true };
      if (specifier === "muster-load") return { url: musterUrl, shortCircuit: true };
      return next(specifier, context);
    },
    load(url, context, next) {
      const source = sources.get(url);
      return source === undefined ? next(url, context) : { format: "module", source, shortCircuit: true };
    },
  });
}

/** The first line of what was thrown, and the first place in the test that its stack names. */
function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const place = /\n\s+at .*?([^\s(]+:\d+:\d+)\)?/.exec(thrown.stack ?? "")?.[1];
  return place === undefined ? `${thrown}` : `${thrown} at ${place}`;
}
