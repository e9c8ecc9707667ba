import { meets, parseSelector } from "../../core/thresholds/selector.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { allEndpoints, type EndpointKey } from "./endpoint-key.ts";

export type ThresholdResult = Result["thresholds"][number];

/** A threshold that a chart can show as a line. */
export interface Limit {
  readonly chart: "response-time" | "throughput" | "failures";
  /** The limited percentile, such as 95; null for a rate. */
  readonly percentile: number | null;
  readonly operator: string;
  readonly bound: number;
  readonly passed: boolean;
  /** "p95 < 500" */
  readonly label: string;
}

const timePattern = /^\s*(?:p\(([\d.]+)\)|med)\s*(<=?|>=?)\s*([\d.e+-]+)\s*$/i;
const ratePattern = /^\s*rate\s*(<=?|>=?)\s*([\d.e+-]+)\s*$/i;

/**
 * Returns the limits of the shown endpoint: for all endpoints, from thresholds without a selector; for one endpoint, from
 * thresholds that select it.
 */
export function limitsOf(thresholds: readonly ThresholdResult[], key: EndpointKey): Limit[] {
  return thresholds.flatMap((threshold) => {
    const limit = limitOf(threshold);
    return limit !== null && selects(threshold.metric, key) ? [limit] : [];
  });
}

/** Returns the limit that a threshold draws in a chart; null for a threshold that no chart shows. */
export function limitOf({ metric, expression, passed }: ThresholdResult): Limit | null {
  const [name] = metric.split("{");
  switch (name) {
    case "response_time":
    case "http_req_duration": {
      const [, percentile, operator = "", bound = ""] = timePattern.exec(expression) ?? [];
      if (operator === "") return null;
      const p = percentile === undefined ? 50 : Number(percentile);
      const label = `p${p} ${operator} ${bound}`;
      return { chart: "response-time", percentile: p, operator, bound: Number(bound), passed, label };
    }
    case "requests":
    case "http_reqs":
      return rateLimit("throughput", "req/s", { expression, passed });
    case "failures":
    case "http_req_failed":
      return rateLimit("failures", "failures", { expression, passed });
    default:
      return null;
  }
}

function rateLimit(
  chart: Limit["chart"],
  name: string,
  { expression, passed }: Pick<ThresholdResult, "expression" | "passed">,
): Limit | null {
  const [, operator = "", written = ""] = ratePattern.exec(expression) ?? [];
  if (operator === "") return null;
  return {
    ...{ chart, percentile: null, operator, bound: Number(written), passed },
    label: `${name} ${operator} ${written}`,
  };
}

/** Whether the selector of a metric selects the shown endpoint. */
export function selects(metric: string, key: EndpointKey): boolean {
  const { conditions } = parseSelector(metric);
  if (key === allEndpoints) return conditions.length === 0;
  const [method = "", name = ""] = key.includes(" ") ? splitOnce(key) : ["", key];
  return (
    conditions.length > 0 &&
    conditions.every((condition) => {
      return isEndpointTag(condition.tag) && meets(condition, { method, name }[condition.tag]);
    })
  );
}

function isEndpointTag(tag: string): tag is "method" | "name" {
  return tag === "method" || tag === "name";
}

function splitOnce(key: string): [string, string] {
  const at = key.indexOf(" ");
  return [key.slice(0, at), key.slice(at + 1)];
}
