import * as z from "zod";
import { nearestName } from "../../core/nearest.ts";
import { valueMessage } from "./value-message.ts";

/** The parts of a zod schema that a path can lead through. */
interface Parts {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

/** Names of fields in other tools, and muster's. */
const namesElsewhere: Readonly<Record<string, string>> = {
  wait_time: "pause",
  waitTime: "pause",
  thinkTime: "pause",
  think: "pause",
  vus: "users",
  rampUp: "spawnRate",
  arrivalRate: "rate",
  baseURL: "host",
  baseUrl: "host",
  maxVUs: "maxUsers",
  timeUnit: "per",
};
const mostListed = 16;

/**
 * Returns the message of an issue that `schema` found. For a misspelt field it names the nearest valid field; for another
 * value, what was expected, what was found, and how to write it.
 * @param value what `schema` has validated; without it, the message shows no value
 */
export function messageOf(schema: z.core.$ZodType, issue: z.core.$ZodIssue, value?: unknown): string {
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  if (unknown === undefined)
    return value === undefined ? issue.message : valueMessage(issue, foundAt(value, issue.path));
  const others = fieldsAt(schema, issue.path).filter((name) => name !== unknown);
  const elsewhere = namesElsewhere[unknown];
  if (elsewhere !== undefined && others.includes(elsewhere)) return `${issue.message}; write ${elsewhere}`;
  const near = nearestName(unknown, others);
  if (near !== undefined) return `${issue.message}; did you mean ${near}?`;
  if (others.length === 0 || others.length > mostListed) return issue.message;
  return `${issue.message}; the fields are ${[...new Set(others)].join(", ")}`;
}

function foundAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (at as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[part],
    value,
  );
}

/** Returns the names of the fields that an object at `path` can have, in all its forms; empty if the schema allows any. */
function fieldsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const { shape, innerType, element, valueType, options } = schema._zod.def as Parts;
  if (options !== undefined) return options.flatMap((option) => fieldsAt(option, path));
  if (innerType !== undefined) return fieldsAt(innerType, path);
  const [part, ...rest] = path;
  if (part === undefined) return Object.keys(shape ?? {}).filter((name) => name !== "kind");
  const next = shape?.[String(part)] ?? element ?? valueType;
  return next === undefined ? [] : fieldsAt(next, rest);
}

/**
 * Returns a schema that validates a value by the form that it has. A union would report the errors of all forms. An invalid
 * value is not checked further.
 */
export function eitherOf(formOf: (value: unknown) => z.ZodType) {
  return z.unknown().superRefine((value, context) => {
    const form = formOf(value);
    for (const issue of form.safeParse(value).error?.issues ?? [])
      context.addIssue({ ...issue, message: messageOf(form, issue, value), continue: false } as never);
  });
}
