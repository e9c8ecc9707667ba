import type { z } from "zod";
import { nearestName } from "../../core/nearest.ts";

/** What a schema consists of, as far as paths lead through it. */
interface Parts {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

/** The message of `issue`, which `schema` has found; of a misspelt field with the nearest that could stand there. */
export function messageOf(schema: z.core.$ZodType, issue: z.core.$ZodIssue): string {
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  if (unknown === undefined) return issue.message;
  const others = fieldsAt(schema, issue.path).filter((name) => name !== unknown);
  const near = nearestName(unknown, others);
  return near === undefined ? issue.message : `${issue.message}; did you mean ${near}?`;
}

/** The names of the fields that an object at `path` may have, in all of its forms; empty when the schema does not say. */
function fieldsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const { shape, innerType, element, valueType, options } = schema._zod.def as Parts;
  if (options !== undefined) return options.flatMap((option) => fieldsAt(option, path));
  if (innerType !== undefined) return fieldsAt(innerType, path);
  const [part, ...rest] = path;
  if (part === undefined) return Object.keys(shape ?? {}).filter((name) => name !== "kind");
  const next = shape?.[String(part)] ?? element ?? valueType;
  return next === undefined ? [] : fieldsAt(next, rest);
}
