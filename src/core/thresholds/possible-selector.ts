import { grpcStatusNames } from "../failure-kind.ts";
import { usualMeasureKind, websocketKind } from "../measure-kind.ts";
import { nearestName } from "../nearest.ts";
import { ThresholdError } from "./cursor.ts";
import type { Metric } from "./metrics.ts";
import { meets, type TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** Tags of other tools, k6's system tags first, and what to write for them in muster. */
const advice = new Map<string, string>([
  ["expected_response", "use status:2xx, or the metric failures"],
  ["url", "use name: the path of the URL, without its query"],
  ["error", "use status:0 for requests without a response, or the metric failures"],
  ["error_code", "use status:0 for requests without a response, or the metric failures"],
  ["proto", "muster does not tag requests with it"],
  ["subproto", "muster does not tag requests with it"],
  ["tls_version", "muster does not tag requests with it"],
  ["ocsp_status", "muster does not tag requests with it"],
  ["ip", "muster does not tag requests with it"],
  ["service", "muster does not tag requests with it"],
  ["rpc_type", "muster does not tag requests with it"],
  ["vu", "muster does not tag users with their number: use class or scenario"],
  ["iter", "muster does not tag iterations with their number"],
  ["task", "use name, or give the requests of the task a tag"],
  ["path", "use name: the path of the URL, without its query"],
  ["endpoint", "use name: the path of the URL, without its query"],
  ["host", "a run has one host; the name of a request to another one begins with its origin"],
  ["code", "use status"],
  ["status_code", "use status"],
  ["user", "use class"],
  ["user_class", "use class"],
]);

/** Returns what to write instead of a tag of another tool; undefined for any other tag. */
function adviceOnTag(tag: string): string | undefined {
  return advice.get(tag.toLowerCase());
}

/** The names and tags of a test that are known before it runs. */
export interface TestNames {
  readonly classes: readonly string[];
  readonly scenarios: readonly string[];
  readonly tasks: readonly string[];
  /** The origin of the service; null if it is not known. */
  readonly origin: string | null;
  /** All tags in the test's code; null if some are computed. */
  readonly givenTags: readonly string[] | null;
  /** Whether the test's code, without its thresholds, could give something a tag with this name. */
  mayGiveTag(name: string): boolean;
  /** Whether the test's code, without its thresholds, contains this text. */
  mentions(text: string): boolean;
}

const standardMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/**
 * Refuses a threshold whose selector can certainly match nothing: the user would otherwise notice only after a whole run.
 * Names that are computed during the run are not checked.
 * @throws ThresholdError if nothing can match; the message says what could
 */
export function requirePossible({ metric, selector }: Threshold, names: TestNames): void {
  const { conditions } = selector;
  const ownTags: readonly string[] = selector.metric.tags;
  for (const condition of conditions) {
    const problem = ownTags.includes(condition.tag)
      ? problemOfValue(condition, names)
      : problemOfTag(condition.tag, selector.metric, names);
    if (problem !== undefined) throw new ThresholdError(metric, columnOf(metric, condition), problem);
    const opposite = conditions.find((other) => excludes(other, condition));
    if (opposite === undefined) continue;
    const contradiction = `nothing has both ${conditionText(condition)} and ${conditionText(opposite)}`;
    throw new ThresholdError(metric, columnOf(metric, opposite), contradiction);
  }
}

function problemOfTag(tag: string, { tags: builtIn }: Metric, names: TestNames): string | undefined {
  const given = names.givenTags;
  if (given?.includes(tag) ?? names.mayGiveTag(tag)) return undefined;
  const advice = adviceOnTag(tag);
  if (advice === undefined && given === null) return undefined;
  const nearest = nearestName(tag, given ?? []);
  const hint = nearest === undefined ? "the test does not use this tag" : `did you mean "${nearest}"?`;
  const valid = given === null ? "the tags of the test" : given.join(", ");
  const tags = [builtIn.join(", "), valid].filter((part) => part !== "").join(", and ");
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
    case "group":
      return problemOfGroup(names);
    case "code":
      return problemOfCode(value);
    case "name":
      return problemOfPath(value, names);
    default:
      return undefined;
  }
}

/** The problem if the test has no groups, and gives nothing else the tag `group`. */
function problemOfGroup({ givenTags, mentions }: TestNames): string | undefined {
  const mayHave = givenTags === null || givenTags.includes("group") || mentions(".group(");
  return mayHave ? undefined : 'the test has no groups: write await vu.group("checkout", async () => { … })';
}

function problemOfStatus(value: string): string | undefined {
  if (/^(?:0|[1-9]\d\d|[1-5]xx)$/.test(value)) return undefined;
  const ofGrpc: readonly string[] = grpcStatusNames;
  if (ofGrpc.includes(value)) return undefined;
  const nearest = /^[A-Za-z_]{4,}$/.test(value) ? nearestName(value, grpcStatusNames) : undefined;
  if (nearest !== undefined) return `no response has the status ${JSON.stringify(value)}, did you mean ${nearest}?`;
  const hundred = /^([1-5])(?:[x*]{1,2}|\d[x*]|[x*]\d|00\+|)$/i.exec(value)?.[1];
  const hint = hundred === undefined ? "" : `, did you mean ${hundred}xx?`;
  return `no response has the status ${JSON.stringify(value)}${hint || ", expected a status such as 200, a class such as 2xx, or 0 for no response"}`;
}

function problemOfCode(value: string): string | undefined {
  if (/^[1-4]\d{3}$/.test(value)) return undefined;
  return `no WebSocket is closed with the code ${JSON.stringify(value)}, expected a code such as 1000, 1006 or 4001`;
}

function problemOfMethod(value: string, names: TestNames): string | undefined {
  if (standardMethods.includes(value)) return undefined;
  if (value === usualMeasureKind && names.mentions(".measure(")) return undefined;
  if (value === websocketKind && names.mentions("websocket")) return undefined;
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

/**
 * The problem with the name of a request. A request is named by its path unless the test names it: then its code contains
 * the name, or computes it.
 */
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
  return `no request has the name ${JSON.stringify(value)}, did you mean "/${path}"?`;
}

/** The selector for "GET /jobs" (as in tables) or a whole URL (as in k6); null for any other name. */
function withoutMethodAndOrigin(name: string, origin: string | null): string | null {
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(name) ?? [];
  if (method !== undefined && standardMethods.includes(method)) return `method:${method},name:${path}`;
  return origin !== null && name.startsWith(`${origin}/`) ? `"${name.slice(origin.length)}"` : null;
}

/** Whether the two conditions exclude each other. */
function excludes(other: TagCondition, { tag, value, isNot }: TagCondition): boolean {
  if (other.tag !== tag || !other.isNot || isNot) return false;
  return other.value === value || !meets(other, value);
}

function conditionText({ tag, value, isNot }: TagCondition): string {
  return `${tag}${isNot ? "!=" : ":"}${value}`;
}

function columnOf(text: string, { tag, isNot }: TagCondition): number {
  const found = new RegExp(`[{,]\\s*(${escaped(tag)})\\s*${isNot ? "!=" : ":"}`, "d").exec(text);
  return (found?.indices?.[1]?.[0] ?? 0) + 1;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
