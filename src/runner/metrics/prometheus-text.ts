import { hideSecrets } from "../../core/redaction/known-secrets.ts";
import { countsUpTo } from "./histogram-buckets.ts";
import { type HistogramFamily, type Labels, type MetricFamily, prometheusName } from "./metric-family.ts";

/** The content type of the text format: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export const prometheusTextType = "text/plain; version=0.0.4; charset=utf-8";

/** Writes families in Prometheus' text format, one piece per point. @param fixed labels of all points */
export function* prometheusText(families: Iterable<MetricFamily>, fixed: Labels): Generator<string, void, void> {
  for (const family of families) {
    const name = prometheusName(family);
    yield `# HELP ${name} ${escapedHelp(family.help)}\n# TYPE ${name} ${family.kind}\n`;
    if (family.kind === "histogram") yield* histogramText(name, family, fixed);
    else {
      for (const { labels, value } of family.points) {
        yield `${name}{${labelText({ ...fixed, ...labels })}} ${numberText(value)}\n`;
      }
    }
  }
}

function* histogramText(name: string, { points, bounds, perUnit }: HistogramFamily, fixed: Labels) {
  for (const { labels, histogram } of points) {
    const text = labelText({ ...fixed, ...labels });
    const counts = countsUpTo(histogram, bounds, perUnit);
    const separator = text === "" ? "" : ",";
    const buckets = bounds.map((bound, i) => `${name}_bucket{${text}${separator}le="${bound}"} ${counts[i] ?? 0}\n`);
    buckets.push(`${name}_bucket{${text}${separator}le="+Inf"} ${histogram.count}\n`);
    yield `${buckets.join("")}${name}_sum{${text}} ${numberText(histogram.sumMicros / perUnit)}\n${name}_count{${text}} ${histogram.count}\n`;
  }
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapedLabel(hideSecrets(value))}"`)
    .join(",");
}

function escapedLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function escapedHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** Writes a number so that Go's `ParseFloat` reads it. */
function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
