import { InvalidValue } from "../../core/invalid-value.ts";
import { nearestName } from "../../core/nearest.ts";

/** Options of a check or of a value of a custom metric. */
export interface MeasurementOptions {
  /** Tags that thresholds select by: `checks{kind:search}`, `cart_size{plan:gold}`. */
  readonly tags?: Readonly<Record<string, string>>;
}

export type MeasurementTags = MeasurementOptions["tags"];

/**
 * Validates `options`, which a test in JavaScript can get wrong, and returns the tags.
 * @param where the beginning of an error message, such as `check "listed"`
 * @throws InvalidValue if `options` or the tags are not valid
 */
export function measurementTags(where: string, options: MeasurementOptions | undefined): MeasurementTags {
  if (options === undefined) return undefined;
  if (!isRecord(options)) throw new InvalidValue(`${where}: expected options such as { tags: { kind: "search" } }`);
  for (const name of Object.keys(options)) {
    if (name === "tags") continue;
    const hint = nearestName(name, ["tags"]) === undefined ? "the only one is tags" : 'did you mean "tags"?';
    throw new InvalidValue(`${where}: unknown option "${name}", ${hint}`);
  }
  const { tags } = options;
  if (tags === undefined) return undefined;
  if (!isRecord(tags)) throw new InvalidValue(`${where}: tags: expected an object such as { kind: "search" }`);
  for (const [name, value] of Object.entries<unknown>(tags)) {
    if (typeof value === "string") continue;
    const found = typeof value === "number" || typeof value === "boolean" ? String(value) : typeof value;
    throw new InvalidValue(`${where}: tags.${name}: expected a string, found ${found}`);
  }
  return tags;
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
