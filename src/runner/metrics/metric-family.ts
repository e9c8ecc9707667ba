import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";

export type Labels = Readonly<Record<string, string>>;

export interface NumberPoint {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramPoint {
  readonly labels: Labels;
  readonly histogram: CumulativeHistogram;
}

interface FamilyFacts {
  /** The name in the style of OpenTelemetry, e.g. "muster.request.duration". */
  readonly name: string;
  readonly help: string;
  /** The unit in UCUM notation, as OpenTelemetry uses it: "s", "By", "1" for a share, "{request}" for a count of requests; "" for none. */
  readonly unit: string;
}

/** A metric with a value that only grows during a run, or one that goes up and down. */
export interface NumberFamily extends FamilyFacts {
  readonly kind: "counter" | "gauge";
  readonly points: Iterable<NumberPoint>;
}

/** A metric with the distribution of values since the start of the run. */
export interface HistogramFamily extends FamilyFacts {
  readonly kind: "histogram";
  /** The number of the histogram's microseconds (for a custom metric: thousandths) in one unit. */
  readonly perUnit: number;
  /** The upper bounds of classic buckets, in the unit, ascending. */
  readonly bounds: readonly number[];
  readonly points: Iterable<HistogramPoint>;
}

/** A metric of a run, with one point per set of labels. The points have the values at the moment at which they are read. */
export type MetricFamily = NumberFamily | HistogramFamily;

const suffixes: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" };

/**
 * Returns the name of a family in Prometheus, the same that its own OTLP receiver makes: "muster.request.duration" in "s" is
 * "muster_request_duration_seconds", and a counter ends with "_total".
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusName({ name, unit, kind }: MetricFamily): string {
  const isShare = unit === "1" && kind === "gauge";
  const suffix = isShare ? "_ratio" : (suffixes[unit] ?? "");
  return name.replaceAll(/[^a-zA-Z0-9_]/g, "_") + suffix + (kind === "counter" ? "_total" : "");
}
