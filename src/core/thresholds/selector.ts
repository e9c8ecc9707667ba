import { nearestName } from "../nearest.ts";
import { longestName } from "../size-limits.ts";
import { Cursor } from "./cursor.ts";
import { adviceOnMetric } from "./foreign-metric.ts";
import { findMetric, type Metric, metricNames, metricNamesAndAliases } from "./metrics.ts";

/** One condition of a selector: `tag:value`, or `tag!=value`. */
export interface TagCondition {
  readonly tag: string;
  readonly value: string;
  readonly isNot: boolean;
}

/** A metric, filtered to what meets all of `conditions`; without any, the whole metric. */
export interface Selector {
  readonly metric: Metric;
  /** The conditions in the order written. */
  readonly conditions: readonly TagCondition[];
}

/**
 * Parses `metric` or `metric{tag:value,tag2:"quoted value",tag3!=value}`. Only the first colon of a tag splits it, so
 * `name:/jobs/:id` needs no quotes. A value that contains `,` or `}`, or begins with a quote or a space, needs single or
 * double quotes. An unknown tag is taken for a tag of the test.
 *
 * @param declared the metrics that the test declares
 * @throws ThresholdError if the selector is not valid; the message has the column and the nearest metric or the valid tags
 */
export function parseSelector(text: string, declared: readonly Metric[] = []): Selector {
  const cursor = new Cursor(text);
  const metric = readMetric(cursor, declared);
  const conditions: TagCondition[] = [];
  if (cursor.take(/\{/y) !== undefined) {
    do conditions.push(readCondition(cursor, metric, conditions));
    while (cursor.take(/,/y) !== undefined);
    cursor.expect(/\}/y, "`,` or `}`");
  }
  cursor.expectEnd("a metric is `name` or `name{tag:value}`; quote a value that contains , or }");
  return { metric, conditions };
}

/** The value of the tag `hook` that selects the requests of `onStop`. No other hook has a value. */
export const onStopHook = "onStop";

/** Whether conditions select the requests of `onStop` by the tag `hook`. */
export function selectsOnStop(conditions: readonly TagCondition[]): boolean {
  return conditions.some(({ tag, value, isNot }) => tag === "hook" && value === onStopHook && !isNot);
}

/** Whether a tag with the value `actual` meets the condition. A status can be matched by its class: `4xx`. */
export function meets({ tag, value, isNot }: TagCondition, actual: string | undefined): boolean {
  const isStatusClass = tag === "status" && /^[1-5]xx$/.test(value);
  const isSame = isStatusClass ? actual?.length === 3 && actual.startsWith(value.charAt(0)) : actual === value;
  return isSame !== isNot;
}

function readMetric(cursor: Cursor, declared: readonly Metric[]): Metric {
  const { column } = cursor;
  const name = cursor.expect(/[^\s{}]+/y, "a metric's name");
  const metric = findMetric(name) ?? declared.find((one) => one.name === name);
  if (metric !== undefined) return metric;
  const own = declared.map((one) => one.name);
  const advice = adviceOnMetric(name);
  if (advice !== undefined) throw cursor.refuse(`unknown metric ${JSON.stringify(name)}, ${advice}`, column);
  const nearest = nearestName(name, [...metricNamesAndAliases, ...own]);
  const valid = [...metricNames, ...own].join(", ");
  const hint = nearest === undefined ? `expected one of ${valid}` : `did you mean "${nearest}"?`;
  throw cursor.refuse(`unknown metric ${JSON.stringify(name)}, ${hint}`, column);
}

function readCondition(cursor: Cursor, metric: Metric, before: readonly TagCondition[]): TagCondition {
  const { column } = cursor;
  const tag = cursor.expect(/[^\s:,{}=!]+/y, "a tag's name");
  refuseWrongTag(cursor, metric, tag, column);
  const isNot = cursor.take(/!=/y) !== undefined;
  if (!isNot) {
    if (before.some((one) => one.tag === tag && !one.isNot)) {
      throw cursor.refuse(`the tag "${tag}" is given twice`, column);
    }
    cursor.expect(/:/y, "`:` or `!=` and the tag's value");
  }
  const valueColumn = cursor.column;
  const written = readValue(cursor);
  // In k6, the path of a group begins with the separator.
  const value = tag === "group" ? written.replace(/^::/, "") : written;
  if (value.length > longestName) {
    const found = `the value of ${tag} has ${value.length} characters`;
    throw cursor.refuse(`${found}; at most ${longestName} are possible`, valueColumn);
  }
  return { tag, value, isNot };
}

/** Tags that only one metric has and no test can set. */
const ownerOfTag: readonly (readonly [tag: string, metric: string])[] = [["check", "checks"]];

/**
 * Refuses a tag that the metric cannot have. A tag of the test may have any name except one that is nearly a built-in tag,
 * which is a typing mistake.
 */
function refuseWrongTag(cursor: Cursor, metric: Metric, tag: string, column: number): void {
  const known: readonly string[] = metric.tags;
  if (known.includes(tag)) return;
  const valid = known.length === 0 ? "has no tags" : `has the tags ${known.join(", ")}`;
  if (!metric.takesOwnTags || ownerOfTag.some(([owned, owner]) => owned === tag && owner !== metric.name)) {
    throw cursor.refuse(`unknown tag ${JSON.stringify(tag)}, ${metric.name} ${valid}`, column);
  }
  const nearest = nearestName(tag, known);
  if (nearest === undefined) return;
  throw cursor.refuse(`unknown tag ${JSON.stringify(tag)}, did you mean "${nearest}"?`, column);
}

function readValue(cursor: Cursor): string {
  const quoted = cursor.take(/"[^"]*"|'[^']*'/y);
  if (quoted !== undefined) return quoted.slice(1, -1);
  return cursor.expect(/[^,}"'\s][^,}]*/y, "the tag's value").trimEnd();
}
