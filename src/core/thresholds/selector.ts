import { nearestName } from "../nearest.ts";
import { Cursor } from "./cursor.ts";
import { findMetric, type Metric, metricNames, metricNamesAndAliases, type TagName } from "./metrics.ts";

/** A metric, narrowed to what carries all of `tags`; without tags, the whole metric. */
export interface Selector {
  readonly metric: Metric;
  readonly tags: Readonly<Partial<Record<TagName, string>>>;
}

/**
 * Reads `metric` or `metric{tag:value,tag2:"quoted value"}`. Only the first colon of a tag splits it, so `name:/jobs/:id`
 * needs no quotes; a value holding `,` or `}`, or beginning with a quote or a space, needs single or double ones.
 *
 * @throws ThresholdError with the column, naming the nearest metric or the valid tags
 */
export function parseSelector(text: string): Selector {
  const cursor = new Cursor(text);
  const metric = readMetric(cursor);
  const tags: Partial<Record<TagName, string>> = {};
  if (cursor.take(/\{/y) !== undefined) {
    do readTag(cursor, metric, tags);
    while (cursor.take(/,/y) !== undefined);
    cursor.expect(/\}/y, "`,` or `}`");
  }
  cursor.expectEnd("a metric is `name` or `name{tag:value}`; quote a value that contains , or }");
  return { metric, tags };
}

function readMetric(cursor: Cursor): Metric {
  const { column } = cursor;
  const name = cursor.expect(/[^\s{}]+/y, "a metric's name");
  const metric = findMetric(name);
  if (metric !== undefined) return metric;
  const nearest = nearestName(name, metricNamesAndAliases);
  const hint = nearest === undefined ? `expected one of ${metricNames.join(", ")}` : `did you mean "${nearest}"?`;
  throw cursor.refuse(`unknown metric ${JSON.stringify(name)}, ${hint}`, column);
}

function readTag(cursor: Cursor, metric: Metric, tags: Partial<Record<TagName, string>>): void {
  const { column } = cursor;
  const name = cursor.expect(/[^\s:,{}=!]+/y, "a tag's name");
  if (!isTagOf(metric, name)) {
    const valid = metric.tags.length === 0 ? "has no tags" : `has the tags ${metric.tags.join(", ")}`;
    throw cursor.refuse(`unknown tag ${JSON.stringify(name)}, ${metric.name} ${valid}`, column);
  }
  if (Object.hasOwn(tags, name)) throw cursor.refuse(`the tag "${name}" is given twice`, column);
  cursor.expect(/:/y, "`:` and the tag's value");
  tags[name] = readValue(cursor);
}

function readValue(cursor: Cursor): string {
  const quoted = cursor.take(/"[^"]*"|'[^']*'/y);
  if (quoted !== undefined) return quoted.slice(1, -1);
  return cursor.expect(/[^,}"'\s][^,}]*/y, "the tag's value").trimEnd();
}

function isTagOf(metric: Metric, name: string): name is TagName {
  return (metric.tags as readonly string[]).includes(name);
}
