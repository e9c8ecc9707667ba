import { createRequire, isBuiltin, type ResolveFnOutput, type ResolveHookContext } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleSource, requireUrl } from "./test-frames.ts";

/** The folders of the test files that this process has bundled. */
const folders = new Set<string>();

/** Called with the folder of a test file: packages that are not part of the bundle are found from there first. */
export function lookForPackagesIn(folder: string): void {
  folders.add(folder);
}

/**
 * A resolve hook of Node.js. What the code of a bundle imports or requires, it looks for beside the test file, then in the folder
 * that MUSTER_PACKAGES names, then where this process was started. Other code is not concerned.
 */
export function resolveOutside(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput,
): ResolveFnOutput {
  const { parentURL = "" } = context;
  if (isBuiltin(specifier)) return next(specifier, context);
  // `next` does not look at another parent of what is required.
  if (parentURL === requireUrl) {
    const file = firstFound((parent) => createRequire(parent).resolve(specifier));
    return { url: pathToFileURL(file).href, shortCircuit: true };
  }
  if (bundleSource(parentURL) === undefined) return next(specifier, context);
  return firstFound((parent) => next(specifier, { ...context, parentURL: parent }));
}

/** @throws what `find` throws for the first folder, if it throws for all: its error tells most */
function firstFound<Found>(find: (parentUrl: string) => Found): Found {
  const { MUSTER_PACKAGES: named = "" } = process.env;
  const errors: unknown[] = [];
  for (const folder of [...folders, ...(named === "" ? [] : [named]), process.cwd()]) {
    try {
      return find(pathToFileURL(join(folder, "package.json")).href);
    } catch (error) {
      errors.push(error);
    }
  }
  throw errors[0];
}
