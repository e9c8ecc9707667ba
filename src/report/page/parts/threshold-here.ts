import { countsInTotals, writtenKind } from "../../../core/measure-kind.ts";
import { type Aggregation, parseExpression } from "../../../core/thresholds/expression.ts";
import { findMetric } from "../../../core/thresholds/metrics.ts";
import { meets, parseSelector, type TagCondition } from "../../../core/thresholds/selector.ts";
import type { CumulativeHistogram } from "../../../stats/histogram/cumulative-histogram.ts";
import type { Result } from "../../result/result-schema.ts";
import type { RunReport, SliceColumns, Slices } from "../model.ts";
import { nameOf } from "../slow-endpoint.ts";
import { type PartTotals, partTotals, type SliceRange, sliceRange } from "./range-figures.ts";

type Run = Pick<RunReport, "windows" | "result"> & { readonly slices?: RunReport["slices"] | undefined };

type Threshold = Pick<Result["thresholds"][number], "metric" | "expression" | "value" | "span">;

/** The part of a run for which a threshold is evaluated. */
export interface ThresholdPart {
  /** The time range [fromMs, toMs); null for the whole run. */
  readonly range: { readonly fromMs: number; readonly toMs: number } | null;
  /** The endpoint as "METHOD name"; empty for all endpoints. */
  readonly endpoint: string;
}

/**
 * The value that a threshold would have had in a part of a run. "elsewhere": the threshold is about other endpoints. Null if the
 * report does not contain it.
 */
export type ThresholdHere = number | "elsewhere" | null;

/**
 * Returns the value of a threshold in a part of a run, computed from the slices. For the whole run, it is the value of the result. A
 * threshold with `after` or `window` has no value in another part, because it measures its own part of the run, or the worst of many.
 */
export function thresholdHere(run: Run, part: ThresholdPart, threshold: Threshold): ThresholdHere {
  if (part.range === null && part.endpoint === "") return threshold.value;
  return threshold.span === undefined ? valueInPart(run, part, threshold) : null;
}

function valueInPart(
  { slices, windows, result }: Run,
  part: ThresholdPart,
  { metric, expression }: Pick<Threshold, "metric" | "expression">,
): ThresholdHere {
  const name = findMetric(metric.split("{")[0] ?? "")?.name;
  if (slices === undefined || name === undefined || !isKept(name)) return null;
  const { conditions } = parseSelector(metric);
  if (!conditions.every(({ tag }) => tag === "name" || tag === "method")) return null;
  const range = sliceRange(slices, part.range?.fromMs ?? 0, part.range?.toMs ?? slices.endMs);
  const columns = columnsOf(slices, conditions, part.endpoint, name.endsWith("_time"));
  if (columns === null) return isElsewhere(result, conditions, part.endpoint) ? "elsewhere" : null;
  if (range === null) return null;
  const isAll = conditions.length === 0 && part.endpoint === "";
  const undone = name === "failures" && isAll ? undoneIn({ windows, result }, range) : 0;
  if (undone === null) return null;
  return measuredOf(name, partTotals(slices, range, columns, isAll), undone, parseExpression(expression).aggregation);
}

function measuredOf(name: string, totals: PartTotals, undone: number, aggregation: Aggregation): number | null {
  if (name === "response_time") return timeOf(totals.responseTime, aggregation);
  if (name === "service_time") return timeOf(totals.serviceTime, aggregation);
  return countedOf(name, totals, undone, aggregation);
}

/** Returns the columns of the endpoints that meet the conditions in a part of a run; null if there are none, or if some are missing. */
function columnsOf(
  { endpoints, omittedEndpoints }: Slices,
  conditions: readonly TagCondition[],
  endpoint: string,
  isTime: boolean,
): readonly SliceColumns[] | null {
  const meeting = endpoints.filter((one) => isMet(conditions, one) && (endpoint === "" || nameOf(one) === endpoint));
  // The total also has the times of the endpoints without times of their own.
  if (conditions.length === 0 && endpoint === "") return meeting;
  const isPartly = endpoint === "" && omittedEndpoints > 0;
  const isUntimed = isTime && meeting.some(({ responseTime }) => responseTime === null);
  return meeting.length === 0 || isPartly || isUntimed ? null : meeting;
}

/** Whether a threshold does not apply to the endpoint. */
function isElsewhere({ endpoints }: Result, conditions: readonly TagCondition[], endpoint: string): boolean {
  return endpoint !== "" && !endpoints.some((one) => nameOf(one) === endpoint && isMet(conditions, one));
}

function isKept(name: string): boolean {
  return ["response_time", "service_time", "requests", "failures", "bytes_in", "bytes_out"].includes(name);
}

/**
 * Whether an endpoint meets the conditions, by the rule of the verdict: a measure that contains others counts only if
 * its name is selected.
 */
function isMet(
  conditions: readonly TagCondition[],
  endpoint: { readonly method: string; readonly name: string },
): boolean {
  const isNamed = conditions.some(({ tag, isNot }) => tag === "name" && !isNot);
  if (!isNamed && !countsInTotals(endpoint)) return false;
  return conditions.every((one) => meets(one, one.tag === "name" ? endpoint.name : writtenKind(endpoint.method)));
}

/** The iterations that count as failures because they never started; null if that is not known for a part of the run. */
function undoneIn({ windows, result }: Pick<RunReport, "windows" | "result">, range: SliceRange): number | null {
  const { failedStarts = 0 } = result;
  if (failedStarts > 0) return null;
  return windows.startMs.reduce((sum, start, position) => {
    const isIn = start >= range.fromMs && start < range.toMs;
    return isIn ? sum + (windows.droppedIterations[position] ?? 0) : sum;
  }, 0);
}

function timeOf(histogram: CumulativeHistogram, aggregation: Aggregation): number | null {
  if (histogram.count === 0) return null;
  switch (aggregation.kind) {
    case "percentile":
      return histogram.percentileMicros(aggregation.percentile) / 1_000;
    case "med":
      return histogram.percentileMicros(50) / 1_000;
    case "avg":
      return histogram.meanMicros / 1_000;
    case "min":
      return histogram.minMicros / 1_000;
    case "max":
      return histogram.maxMicros / 1_000;
    case "count":
      return histogram.count;
    default:
      return null;
  }
}

function countedOf(name: string, totals: PartTotals, undone: number, { kind }: Aggregation): number | null {
  if (name === "failures") {
    const [failures, all] = [totals.failures + undone, totals.requests + undone];
    if (kind === "count") return failures;
    return all === 0 ? null : failures / all;
  }
  const count = name === "requests" ? totals.requests : name === "bytes_in" ? totals.bytesIn : totals.bytesOut;
  if (kind === "count") return count;
  return totals.seconds > 0 ? count / totals.seconds : null;
}
