import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";

/**
 * Requires that a value can be sent to other workers as JSON.
 * @param where what the value is for, such as `queue "orders"`
 * @throws InvalidValue if JSON cannot represent it
 */
export function requireJsonValue(where: string, value: unknown): void {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    // A bigint or a circular reference; V8 explains the latter in several lines.
    const [why] = (cause as Error).message.split("\n");
    throw new InvalidValue(`${where}: JSON cannot represent ${describeValue(value)}: ${why}`, { cause });
  }
  if (text === undefined) throw new InvalidValue(`${where}: JSON cannot represent ${describeValue(value)}`);
}
