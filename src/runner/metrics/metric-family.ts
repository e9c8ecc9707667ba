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
  /** As OpenTelemetry names metrics, e.g. "muster.request.duration". */
  readonly name: string;
  readonly help: string;
  /** In UCUM's notation, as OpenTelemetry has it: "s", "By", "1" for a share, "{request}" for what is counted; "" for none. */
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
  /** How many of the histogram's microseconds (or, of a custom metric, thousandths) make one unit. */
  readonly perUnit: number;
  /** The upper bounds of classic buckets, in the unit, ascending. */
  readonly bounds: readonly number[];
  readonly points: Iterable<HistogramPoint>;
}

/** A metric of a run, with one point per set of labels. The points are those of the moment at which they are read. */
export type MetricFamily = NumberFamily | HistogramFamily;

const suffixes: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" };

/**
 * The name of a family in Prometheus, as its own OTLP receiver makes it: "muster.request.duration" in "s" is
 * "muster_request_duration_seconds", and a counter ends with "_total".
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusName({ name, unit, kind }: MetricFamily): string {
  const isShare = unit === "1" && kind === "gauge";
  const suffix = isShare ? "_ratio" : (suffixes[unit] ?? "");
  return name.replaceAll(/[^a-zA-Z0-9_]/g, "_") + suffix + (kind === "counter" ? "_total" : "");
}
