import { nearestName } from "../nearest.ts";
import { ThresholdError } from "./cursor.ts";
import type { Metric } from "./metrics.ts";
import { meets, type TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** Tags by which other tools narrow a metric, k6's system tags first, and what to write for them here. */
const advice = new Map<string, string>([
  ["expected_response", "use status:2xx, or failures for how many did not succeed"],
  ["group", "there are no groups: give the requests a tag of your own"],
  ["url", "use name: the path of the URL, without its query"],
  ["error", "use status:0 for requests without a response, or the metric failures"],
  ["error_code", "use status:0 for requests without a response, or the metric failures"],
  ["proto", "requests are not told apart by it"],
  ["subproto", "requests are not told apart by it"],
  ["tls_version", "requests are not told apart by it"],
  ["ocsp_status", "requests are not told apart by it"],
  ["ip", "requests are not told apart by it"],
  ["service", "requests are not told apart by it"],
  ["rpc_type", "requests are not told apart by it"],
  ["vu", "users are not told apart by their number: use class or scenario"],
  ["iter", "iterations are not told apart"],
  ["task", "use name, or give the requests of the task a tag of your own"],
  ["path", "use name: the path of the URL, without its query"],
  ["endpoint", "use name: the path of the URL, without its query"],
  ["host", "there is one host per run; the name of a request to another one begins with its origin"],
  ["code", "use status"],
  ["status_code", "use status"],
  ["user", "use class"],
  ["user_class", "use class"],
]);

/** What to write instead of a tag that muster gives no request; undefined for any that only a test would think of. */
function adviceOnTag(tag: string): string | undefined {
  return advice.get(tag.toLowerCase());
}

/** What is known of a test before it runs. */
export interface TestNames {
  readonly classes: readonly string[];
  readonly scenarios: readonly string[];
  readonly tasks: readonly string[];
  /** Of the service; null when it is not known. */
  readonly origin: string | null;
  /** All tags that the test's code gives; null where it does not spell them out. */
  readonly givenTags: readonly string[] | null;
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
      : problemOfTag(condition.tag, selector.metric, names);
    if (problem !== undefined) throw new ThresholdError(metric, columnOf(metric, condition), problem);
    const contrary = conditions.find((other) => excludes(other, condition));
    if (contrary === undefined) continue;
    const problemOfBoth = `nothing has ${written(condition)} and ${written(contrary)}`;
    throw new ThresholdError(metric, columnOf(metric, contrary), problemOfBoth);
  }
}

function problemOfTag(tag: string, { tags: known }: Metric, names: TestNames): string | undefined {
  const given = names.givenTags;
  if (given?.includes(tag) ?? names.mayGiveTag(tag)) return undefined;
  const advice = adviceOnTag(tag);
  if (advice === undefined && given === null) return undefined;
  const nearest = nearestName(tag, given ?? []);
  const hint = nearest === undefined ? "the test gives nothing this tag" : `did you mean "${nearest}"?`;
  const valid = given === null ? "those that the test gives" : given.join(", ");
  const tags = [known.join(", "), valid].filter((words) => words !== "").join(", and ");
  return `there is no tag "${tag}": ${advice ?? hint}; the tags are ${tags}`;
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
  const wanted = withoutMethodAndOrigin(path, names.origin);
  if (wanted !== null && !names.mentions(value)) {
    return `the name of a request is its path, did you mean ${wanted}?`;
  }
  const isBare = /^\w/.test(path) && !path.includes(":") && !path.includes(" ");
  if (!isBare || !names.mentions(`"/${path}"`) || names.mentions(`"${path}"`)) return undefined;
  return `no request is called ${JSON.stringify(value)}, did you mean "/${path}"?`;
}

/** "GET /jobs" is how tables call a request, and k6 calls it by its whole URL; null for any other name. */
function withoutMethodAndOrigin(name: string, origin: string | null): string | null {
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(name) ?? [];
  if (method !== undefined && standardMethods.includes(method)) return `method:${method},name:${path}`;
  return origin !== null && name.startsWith(`${origin}/`) ? `"${name.slice(origin.length)}"` : null;
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
