import { createRequire, isBuiltin, type ResolveFnOutput, type ResolveHookContext } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleSource, requireUrl } from "./test-frames.ts";

/** The folders of the test files that this process has bundled. */
const folders = new Set<string>();

/** Adds the folder of a test file: packages that are not part of the bundle are looked for from there first. */
export function lookForPackagesIn(folder: string): void {
  folders.add(folder);
}

/**
 * A resolve hook of Node.js. It resolves the packages that the code of a bundle imports or requires from the folder of the
 * test file, then from the folder that MUSTER_PACKAGES names, then from the working directory of this process. Other code is
 * not affected.
 */
export function resolveOutside(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput,
): ResolveFnOutput {
  const { parentURL = "" } = context;
  if (isBuiltin(specifier)) return next(specifier, context);
  // `next` ignores another parent for a module that is required.
  if (parentURL === requireUrl) {
    const file = firstFound((parent) => createRequire(parent).resolve(specifier));
    return { url: pathToFileURL(file).href, shortCircuit: true };
  }
  if (bundleSource(parentURL) === undefined) return next(specifier, context);
  return firstFound((parent) => next(specifier, { ...context, parentURL: parent }));
}

/** @throws the error of `find` for the first folder, if it throws for all folders: that error is the most helpful */
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
