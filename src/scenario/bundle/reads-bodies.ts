import { requireShim } from "./bundle.ts";

/** The members of a response that give access to its body, and `graphql`, which reads the body itself. */
const ways = /\b(?:body|text|json|graphql)\b/;
/** Names that give access to code outside of the bundle, which might read a body. */
const otherCode = /\b(?:require|createRequire|getBuiltinModule|vm|eval|Function|constructor)\b|\bimport\s*\(/;

/**
 * Whether a test might read the body of a response. The answer is false only if the code and its imports contain none of
 * these names, as in most tests that check the status only.
 */
export function mayReadBodies(bundleSource: string): boolean {
  const map = bundleSource.lastIndexOf("\n//# sourceMappingURL=");
  const code = map < 0 ? bundleSource : bundleSource.slice(0, map);
  return ways.test(code) || otherCode.test(code.replace(requireShim, ""));
}
