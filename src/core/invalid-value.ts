import { describeValue } from "./describe-value.ts";
import { nameHint } from "./nearest.ts";

/**
 * The error for a value that a test's code passed and that is not valid there. The message names the value and says what
 * would be valid.
 */
export class InvalidValue extends TypeError {
  readonly code = "MUSTER_INVALID_VALUE";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "InvalidValue";
  }
}

/**
 * Refuses a value that is not an object of options, and an option that does not exist.
 * @param example options as a test may write them: `{ timeout: "5s" }`
 * @throws InvalidValue
 */
export function requireOptions(where: string, given: unknown, valid: readonly string[], example: string): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InvalidValue(`${where}: expected options such as ${example}, found ${describeValue(given)}`);
  }
  const unknown = Object.keys(given).find((option) => !valid.includes(option));
  if (unknown === undefined) return;
  throw new InvalidValue(`${where}: unknown option ${JSON.stringify(unknown)}; ${nameHint(unknown, valid)}`);
}
