import type * as z from "zod";
import { describeValue } from "../../core/describe-value.ts";
import { nearestName } from "../../core/nearest.ts";

/** Fields whose value is a duration. */
const durationField =
  /^(?:p\d+|avg|max|min|duration|timeout|connect|headers|body|total|hold|rise|fall|before|after|deadline|startAfter|window|maxDuration)$/;

const inWords: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Returns what was expected, what was found, and how to write it. A message that a schema has set itself is kept. */
export function valueMessage(issue: z.core.$ZodIssue, found: unknown): string {
  // The messages of zod name types only.
  if (!/^(?:Invalid (?:input|option)|Too (?:small|big))\b/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return typeMessage(issue.expected, found, String(issue.path.at(-1) ?? ""));
    case "invalid_value": {
      const values = issue.values.map((value) => JSON.stringify(value));
      const near = typeof found === "string" ? nearestName(found, issue.values.map(String)) : undefined;
      const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
      return `expected ${values.join(" or ")}, found ${describeValue(found)}${hint}`;
    }
    case "too_small":
      return limitMessage(found, `${issue.inclusive === true ? "at least" : "more than"} ${issue.minimum}`);
    case "too_big":
      return limitMessage(found, `${issue.inclusive === true ? "at most" : "less than"} ${issue.maximum}`);
    default:
      return issue.message;
  }
}

function typeMessage(expected: string, found: unknown, field: string): string {
  const wanted = inWords[expected] ?? expected;
  const isDuration = expected === "string" && durationField.test(field);
  if (found === undefined)
    return isDuration ? 'it is missing; write a duration such as "30s"' : `it is missing; expected ${wanted}`;
  const message = `expected ${wanted}, found ${describeValue(found)}`;
  if (
    typeof found === "string" &&
    /^(?:number|int)$/.test(expected) &&
    found.trim() !== "" &&
    Number.isFinite(Number(found))
  ) {
    return `${message}; write ${Number(found)}`;
  }
  if (typeof found === "number" && isDuration) {
    return `${message}; write "${found}s" or "${found}ms"`;
  }
  if (expected === "array") return `${message}; write [ … ]`;
  return message;
}

function limitMessage(found: unknown, limit: string): string {
  if (typeof found === "string")
    return found === "" ? "expected a non-empty string" : `expected a string of ${limit} characters`;
  if (Array.isArray(found)) return `expected ${limit} items, found ${found.length}`;
  return `expected ${limit}, found ${describeValue(found)}`;
}
