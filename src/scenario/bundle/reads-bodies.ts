import { requireShim } from "./bundle.ts";

/** A response's ways to its body. */
const ways = /\b(?:body|text|json)\b/;
/** Ways to code that is not in the bundle, and might read one. */
const otherCode = /\b(?:require|createRequire|getBuiltinModule|vm|eval|Function|constructor)\b|\bimport\s*\(/;

/**
 * Whether a test might read the body of a response. It can say no only of a test whose code, with all that it imports,
 * has none of the names: most that look at the status only.
 */
export function mayReadBodies(bundleSource: string): boolean {
  const map = bundleSource.lastIndexOf("\n//# sourceMappingURL=");
  const code = map < 0 ? bundleSource : bundleSource.slice(0, map);
  return ways.test(code) || otherCode.test(code.replace(requireShim, ""));
}
