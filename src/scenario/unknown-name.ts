import { ConfigurationError } from "../core/errors.ts";
import { nearestName } from "../core/nearest.ts";

/** "unknown profile …", with the nearest valid name, or all of them. */
export function unknownName(what: string, name: string, known: readonly string[]): ConfigurationError {
  const near = nearestName(name, known);
  const valid = known.length === 0 ? "the test has none" : `valid: ${known.join(", ")}`;
  return new ConfigurationError(`unknown ${what} "${name}"; ${near === undefined ? valid : `did you mean ${near}?`}`);
}
