import { type Aggregation, type Expression, parseExpression } from "./expression.ts";
import { declaredMetric, isGroupMetric, observedMetric } from "./metrics.ts";
import { parseSelector, type Selector, type TagCondition } from "./selector.ts";

/** The names that status lines shorten. */
const shortNames: Readonly<Record<string, string>> = {
  "error rate": "errors",
  "requests rate": "req/s",
  "max users": "users",
};

/**
 * Returns the name of what a threshold measures, in the words that reports, the page and the terminal share: `p95` of the
 * response times, `p95 of GET /jobs`, `max response time of /jobs`, `p99 waiting time`, `error rate of class Admin`,
 * `requests count`, `max of observed queue`.
 *
 * @param isShort whether to use the words of a status line: `errors`, `req/s`, `users`
 */
export function measuredName({ metric, conditions }: Selector, aggregation: Aggregation, isShort = false): string {
  if (metric.name === observedMetric)
    return `${wordOf(aggregation)} of observed ${conditions[0]?.value ?? ""}`.trimEnd();
  const name = nameOf(metric, aggregation);
  const shown = isShort ? (shortNames[name] ?? name) : name;
  return conditions.length === 0 ? shown : `${shown} of ${placeOf(conditions, isGroupMetric(metric.name))}`;
}

/**
 * Parses the metric and the condition of a threshold from their texts in a result. A metric that is not built in is taken
 * for a metric of the test.
 *
 * @throws ThresholdError if the texts are not a valid threshold
 */
export function readThreshold(metric: string, expression: string): { selector: Selector; expression: Expression } {
  const name = /^[^\s{}]+/.exec(metric.trim())?.[0] ?? "";
  const declared = [declaredMetric({ name, kind: "trend" })];
  return { selector: parseSelector(metric, declared), expression: parseExpression(expression) };
}

function nameOf({ name, origin }: Selector["metric"], aggregation: Aggregation): string {
  const noun = origin === "test" ? name : name.replaceAll("_", " ");
  switch (aggregation.kind) {
    case "value":
      return noun;
    case "rate":
      return name === "failures" ? "error rate" : `${noun} rate`;
    case "count":
      return `${noun} count`;
    case "percentile":
      return percentileName(aggregation.percentile, name, noun);
    case "med":
      return percentileName(50, name, noun);
    default:
      return `${aggregation.kind === "avg" ? "mean" : aggregation.kind} ${noun}`;
  }
}

function wordOf(aggregation: Aggregation): string {
  if (aggregation.kind === "percentile") return `p${aggregation.percentile}`;
  return aggregation.kind === "med" ? "p50" : aggregation.kind === "avg" ? "mean" : aggregation.kind;
}

/** A percentile without a noun is a percentile of the response times, as on charts and in tables. */
function percentileName(percentile: number, metric: string, noun: string): string {
  return metric === "response_time" ? `p${percentile}` : `p${percentile} ${noun}`;
}

/** Describes what the conditions select: `GET /jobs`, `/jobs, status 500`, `scenario browse`. */
function placeOf(conditions: readonly TagCondition[], isOfGroups: boolean): string {
  const [method, name] = ["method", "name"].map((tag) => {
    return conditions.find((condition) => condition.tag === tag && !condition.isNot);
  });
  const endpoint = [method, name].flatMap((condition) => condition?.value ?? []).join(" ");
  const others = conditions
    .filter((condition) => condition !== method && condition !== name)
    .map(({ tag, value, isNot }) => {
      // The noun already says that it is a group.
      const isSaid = tag === "name" || tag === "method" || (tag === "group" && isOfGroups);
      const words = isSaid ? value : `${tag} ${value}`;
      return isNot ? `all but ${words}` : words;
    });
  return [...(endpoint === "" ? [] : [endpoint]), ...others].join(", ");
}
