import { formatClock } from "../../core/duration.ts";
import { nearestName } from "../../core/nearest.ts";
import { sourceOfMetric } from "../../core/thresholds/metrics.ts";
import type { Observed, ObservedSource } from "../../stats/observed-series.ts";

/** Describes which source did not give the values of a metric, and why. */
export function describeMissing({ sources, series }: Observed, metric: string): string {
  const source = sourceOfMetric(sources, metric);
  if (source === undefined) return `nothing observes ${metric}`;
  const { name, readings } = source;
  const values = series.find((one) => one.name === metric)?.samples.length ?? 0;
  if (readings === 0) return `the source ${name} was not read`;
  const failed = describeFailures(source);
  if (values > 0) return `the source ${name} gave ${values} values in ${readings} readings${failed}`;
  const others = series.filter((one) => one.source === name).map((one) => one.name);
  if (others.length === 0) return `the source ${name} gave no value in ${readings} readings${failed}`;
  const nearest = nearestName(metric, others);
  const seen = nearest === undefined ? `it gave ${others.slice(0, 5).join(", ")}` : `did you mean ${nearest}?`;
  return `the source ${name} gave no ${metric}; ${seen}${failed}`;
}

/**
 * Describes the failed readings of a source: ", of which 3 failed, the last at 01:05: connect ECONNREFUSED
 * 127.0.0.1:9090"; empty without failures.
 */
export function describeFailures({ failures, lastFailure }: ObservedSource): string {
  if (lastFailure === null) return "";
  return `, of which ${failures} failed, the last at ${formatClock(lastFailure.atMs)}: ${lastFailure.text}`;
}
