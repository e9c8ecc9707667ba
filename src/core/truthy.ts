import { isThenable } from "./describe-value.ts";
import { InvalidValue } from "./invalid-value.ts";

/**
 * Whether a condition in a test's code holds: as in k6, any truthy value. Promises and functions are always truthy,
 * whatever their result, so they are refused.
 *
 * @param what the start of the error message
 * @throws InvalidValue if `value` is a promise or a function
 */
export function isTruthy(what: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "function") {
    throw new InvalidValue(`${what} was given a function, which is always true: pass the value that it returns`);
  }
  if (isThenable(value)) throw new InvalidValue(`${what} was given a promise, which is always true: await it first`);
  return Boolean(value);
}
