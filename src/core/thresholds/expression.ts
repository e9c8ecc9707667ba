import { nearestName } from "../nearest.ts";
import { Cursor } from "./cursor.ts";
import { type AggregationName, type Metric, observedMetric } from "./metrics.ts";

/** The aggregation of a metric's values to the one number that is compared. `percentile` is 0..100. */
export type Aggregation =
  | { readonly kind: "percentile"; readonly percentile: number }
  | { readonly kind: Exclude<AggregationName, "p"> };

export type Operator = "<" | "<=" | ">" | ">=" | "==" | "===" | "!=";

/**
 * A condition on a metric, such as `p(95)<500`. `bound` is in the metric's unit: ms, a fraction 0..1, or a number (per
 * second).
 */
export interface Expression {
  readonly aggregation: Aggregation;
  readonly operator: Operator;
  readonly bound: number;
  /** The expression as the user wrote it, without surrounding space. */
  readonly source: string;
}

const everyAggregation: readonly AggregationName[] = [
  "avg",
  "min",
  "max",
  "med",
  "p",
  "count",
  "rate",
  "value",
  "last",
];

/**
 * Parses one expression of k6's grammar (https://grafana.com/docs/k6/latest/using-k6/thresholds/#threshold-syntax):
 * `aggregation operator number`, with optional white space between the parts.
 *
 * @param metric if given, the expression must also be valid for it
 * @throws ThresholdError if the expression is not valid; the message has the column and what was expected there
 */
export function parseExpression(text: string, metric?: Metric): Expression {
  const cursor = new Cursor(text);
  const aggregation = readAggregation(cursor, metric);
  const operator = cursor.expect(/<=?|>=?|===?|!=(?!=)/y, "one of < <= > >= == === !=") as Operator;
  const { column } = cursor;
  const bound = readNumber(cursor, /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy, "a number");
  cursor.expectEnd("a bound has no unit: times are in ms, 1 % is 0.01");
  if (metric?.kind === "rate" && aggregation.kind === "rate" && (bound < 0 || bound > 1)) {
    throw cursor.refuse(
      `the rate of ${metric.name} is a fraction, expected a number from 0 to 1 (1 % is 0.01)`,
      column,
    );
  }
  if (metric !== undefined && metric.kind !== "gauge" && metric.name !== observedMetric && bound < 0) {
    throw cursor.refuse(`${metric.name} is never below 0, expected a bound of 0 or more`, column);
  }
  return { aggregation, operator, bound, source: text.trim() };
}

/** Whether a condition asks for a number of values that only a whole run can reach: `count>1000`. */
export function needsWholeRun({ aggregation, operator }: Pick<Expression, "aggregation" | "operator">): boolean {
  return aggregation.kind === "count" && !["<", "<=", "!="].includes(operator);
}

/** Formats a condition as the shortest text that `parseExpression` reads. */
export function printExpression({ aggregation, operator, bound }: Omit<Expression, "source">): string {
  return `${printAggregation(aggregation)}${operator}${bound}`;
}

/** Formats an aggregation as in an expression: `p(99.9)`, `avg`. */
function printAggregation(aggregation: Aggregation): string {
  return aggregation.kind === "percentile" ? `p(${aggregation.percentile})` : aggregation.kind;
}

function readAggregation(cursor: Cursor, metric: Metric | undefined): Aggregation {
  const { column } = cursor;
  const valid = (metric?.aggregations ?? everyAggregation).map((name) => (name === "p" ? "p(N)" : name)).join(", ");
  const name = cursor.expect(/[a-z][\w.]*/iy, `one of ${valid}`);
  if (!isAggregation(name)) {
    throw cursor.refuse(`unknown aggregation "${name}", ${suggestion(name) ?? `expected one of ${valid}`}`, column);
  }
  if (metric !== undefined && !metric.aggregations.includes(name)) {
    const shown = name === "p" ? "p(N)" : name;
    throw cursor.refuse(`${metric.name} is a ${metric.kind} and has no ${shown}, expected one of ${valid}`, column);
  }
  return name === "p" ? readPercentile(cursor) : { kind: name };
}

function readPercentile(cursor: Cursor): Aggregation {
  cursor.expect(/\(/y, "`(` and a percentile, as in p(95)");
  const { column } = cursor;
  const percentile = readNumber(cursor, /\d+\.?\d*|\.\d+/y, "a percentile from 0 to 100");
  if (percentile > 100) throw cursor.refuse(`expected a percentile from 0 to 100, found ${percentile}`, column);
  cursor.expect(/\)/y, "`)`");
  return { kind: "percentile", percentile };
}

function readNumber(cursor: Cursor, pattern: RegExp, expected: string): number {
  const { column } = cursor;
  const value = Number(cursor.expect(pattern, expected));
  if (!Number.isFinite(value)) throw cursor.refuse(`expected ${expected} that fits in 64 bits`, column);
  return value + 0; // turns -0 into 0
}

function isAggregation(name: string): name is AggregationName {
  return (everyAggregation as readonly string[]).includes(name);
}

/** The names of aggregations in other tools. */
const synonyms: readonly (readonly [name: RegExp, aggregation: AggregationName])[] = [
  [/^(mean|average)$/i, "avg"],
  [/^(median)$/i, "med"],
  [/^minimum$/i, "min"],
  [/^maximum$/i, "max"],
  [/^(percentiles?|pct|quantile|perc)$/i, "p"],
  [/^(total|sum|number)$/i, "count"],
];

/** Suggests the aggregation that the user meant; `p95` is the most common mistake. */
function suggestion(name: string): string | undefined {
  const percentile = /^p_?(\d+(?:\.\d+)?)(?:th)?$/i.exec(name)?.[1];
  const synonym = synonyms.find(([pattern]) => pattern.test(name))?.[1];
  const nearest = percentile === undefined ? (synonym ?? nearestName(name, everyAggregation)) : `p(${percentile})`;
  return nearest === undefined ? undefined : `did you mean ${nearest === "p" ? "p(N)" : nearest}?`;
}
