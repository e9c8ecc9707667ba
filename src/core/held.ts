import { InvalidValue } from "./invalid-value.ts";
import { isThenable } from "./value-words.ts";

/**
 * Whether something held that a test's code says of it: as in k6, all that JavaScript takes for true. A promise and a
 * function are always that, whatever they come to, and are refused. `what` begins the message.
 * @throws InvalidValue
 */
export function hasHeld(what: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "function") {
    throw new InvalidValue(`${what} was given a function, which always holds: give what it returns`);
  }
  if (isThenable(value)) throw new InvalidValue(`${what} was given a promise, which always holds: await it first`);
  return Boolean(value);
}
