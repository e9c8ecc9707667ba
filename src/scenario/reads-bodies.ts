import { requireShim } from "./bundle.ts";

/** The names of a response's ways to its body, and whatever could get at code that is not in the bundle. */
const signs = /\b(?:body|text|json|require|eval|Function)\b|\bimport\s*\(/;

/**
 * Whether a test might read the body of a response. It can say no only of a test whose code, with all that it imports,
 * has none of the names: most that look at the status only.
 */
export function mayReadBodies(bundleSource: string): boolean {
  const map = bundleSource.lastIndexOf("\n//# sourceMappingURL=");
  const code = map < 0 ? bundleSource : bundleSource.slice(0, map);
  return signs.test(code.replace(requireShim, ""));
}
