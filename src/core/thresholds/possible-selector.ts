import { nearestName } from "../nearest.ts";
import { adviceOnTag } from "./foreign-tag.ts";
import { meets, type TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";
import { ThresholdError } from "./threshold-error.ts";

/** What is known of a test before it runs. */
export interface TestNames {
  readonly classes: readonly string[];
  readonly scenarios: readonly string[];
  readonly tasks: readonly string[];
  /** Whether the test's code, thresholds left out, might give something a tag of this name. */
  mayGiveTag(name: string): boolean;
  /** Whether the test's code, thresholds left out, holds this text. */
  mentions(text: string): boolean;
}

const standardMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/**
 * Refuses a threshold of which it is certain before the run that nothing can be what its selector says: it would cost a
 * whole run to find out. What only the run can tell (a name that is made up as it goes) is left to the run.
 * @throws ThresholdError with what would be possible
 */
export function requirePossible({ metric, selector }: Threshold, names: TestNames): void {
  const { conditions } = selector;
  const known: readonly string[] = selector.metric.tags;
  for (const condition of conditions) {
    const problem = known.includes(condition.tag)
      ? problemOfValue(condition, names)
      : problemOfTag(condition.tag, known, names);
    if (problem !== undefined) throw new ThresholdError(metric, columnOf(metric, condition), problem);
    const contrary = conditions.find((other) => excludes(other, condition));
    if (contrary === undefined) continue;
    const problemOfBoth = `nothing has ${written(condition)} and ${written(contrary)}`;
    throw new ThresholdError(metric, columnOf(metric, contrary), problemOfBoth);
  }
}

function problemOfTag(tag: string, known: readonly string[], names: TestNames): string | undefined {
  const advice = adviceOnTag(tag);
  if (advice === undefined || names.mayGiveTag(tag)) return undefined;
  const tags = known.length === 0 ? "the only tags are those" : `the tags are ${known.join(", ")}, and those`;
  return `there is no tag "${tag}": ${advice}; ${tags} that the test gives`;
}

function problemOfValue({ tag, value }: TagCondition, names: TestNames): string | undefined {
  switch (tag) {
    case "status":
      return problemOfStatus(value);
    case "method":
      return problemOfMethod(value, names);
    case "class":
      return problemOfName("user class", value, names.classes);
    case "scenario":
      return problemOfName("scenario", value, names.scenarios);
    case "task":
      return problemOfName("task", value, names.tasks);
    case "name":
      return problemOfPath(value, names);
    default:
      return undefined;
  }
}

function problemOfStatus(value: string): string | undefined {
  if (/^(?:0|[1-9]\d\d|[1-5]xx)$/.test(value)) return undefined;
  const hundred = /^([1-5])(?:[x*]{1,2}|\d[x*]|[x*]\d|00\+|)$/i.exec(value)?.[1];
  const hint = hundred === undefined ? "" : `, did you mean ${hundred}xx?`;
  return `no response has the status ${JSON.stringify(value)}${hint || ", expected as 200, or 2xx for a hundred, or 0 for no response"}`;
}

function problemOfMethod(value: string, names: TestNames): string | undefined {
  if (standardMethods.includes(value)) return undefined;
  const nearest = nearestName(value, standardMethods);
  if (names.mentions(value) && nearest?.toLowerCase() !== value.toLowerCase()) return undefined;
  const hint = nearest === undefined ? `expected as ${standardMethods.join(", ")}` : `did you mean "${nearest}"?`;
  return `no request has the method ${JSON.stringify(value)}, ${hint}`;
}

function problemOfName(what: string, value: string, known: readonly string[]): string | undefined {
  if (known.includes(value)) return undefined;
  const nearest = nearestName(value, known);
  const hint = nearest === undefined ? `expected one of ${known.join(", ")}` : `did you mean "${nearest}"?`;
  return `the test has no ${what} ${JSON.stringify(value)}, ${hint}`;
}

/** A request is called by its path, unless the test calls it otherwise: then its code has the name, or makes it up. */
function problemOfPath(value: string, names: TestNames): string | undefined {
  const end = value.search(/[?#]/);
  const path = end > 0 ? value.slice(0, end) : value;
  if (end > 0 && /^(?:\/|https?:)/.test(value) && !names.mentions(value)) {
    return `the name of a request has no query, did you mean "${path}"?`;
  }
  const isBare = /^\w/.test(path) && !path.includes(":") && !path.includes(" ");
  if (!isBare || !names.mentions(`"/${path}"`) || names.mentions(`"${path}"`)) return undefined;
  return `no request is called ${JSON.stringify(value)}, did you mean "/${path}"?`;
}

/** Whether what has the one cannot have the other. */
function excludes(other: TagCondition, { tag, value, isNot }: TagCondition): boolean {
  if (other.tag !== tag || !other.isNot || isNot) return false;
  return other.value === value || !meets(other, value);
}

function written({ tag, value, isNot }: TagCondition): string {
  return `${tag}${isNot ? "!=" : ":"}${value}`;
}

function columnOf(text: string, { tag, isNot }: TagCondition): number {
  const found = new RegExp(`[{,]\\s*(${escaped(tag)})\\s*${isNot ? "!=" : ":"}`, "d").exec(text);
  return (found?.indices?.[1]?.[0] ?? 0) + 1;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
