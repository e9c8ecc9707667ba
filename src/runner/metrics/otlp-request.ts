import { type RunIdentity, writeAttribute, writeResource } from "../delivery/otlp-resource.ts";
import { ProtobufWriter } from "../delivery/protobuf-writer.ts";
import { version } from "../process/version.ts";
import { exponentialBuckets } from "./histogram-buckets.ts";
import type { HistogramFamily, HistogramPoint, Labels, MetricFamily, NumberFamily } from "./metric-family.ts";

/** The size from which a request is sent, in bytes. Receivers accept several megabytes; smaller requests are processed sooner. */
const mostBodyBytes = 1_000_000;
/** `AGGREGATION_TEMPORALITY_CUMULATIVE`: the next value includes a value that is lost on the way. */
const cumulative = 2;

/** The times of a point, in ns since 1970. */
interface PointTimes {
  readonly startNs: bigint;
  readonly timeNs: bigint;
}

const nsPerMs = 1_000_000n;

/**
 * Writes families as `ExportMetricsServiceRequest`s of about 1 MB at most. Yields null between two points, so that the caller
 * can pause.
 * @param times when the run began, and when the values were read, in ms since 1970
 * Source: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
export function* otlpRequests(
  families: Iterable<MetricFamily>,
  run: RunIdentity,
  { beganMs, readMs }: { readonly beganMs: number; readonly readMs: number },
  environment: NodeJS.ProcessEnv,
): Generator<Uint8Array | null, void, void> {
  const times = { startNs: BigInt(beganMs) * nsPerMs, timeNs: BigInt(readMs) * nsPerMs };
  let metrics = new ProtobufWriter();
  for (const family of families) {
    let points = new ProtobufWriter();
    for (const write of pointWriters(family, times)) {
      points.message(1, write);
      if (metrics.length + points.length > mostBodyBytes) {
        writeMetric(metrics, family, points);
        yield requestOf(metrics, run, environment);
        metrics = new ProtobufWriter();
        points = new ProtobufWriter();
      } else yield null;
    }
    if (points.length > 0) writeMetric(metrics, family, points);
  }
  if (metrics.length > 0) yield requestOf(metrics, run, environment);
}

function requestOf(metrics: ProtobufWriter, run: RunIdentity, environment: NodeJS.ProcessEnv): Uint8Array {
  return new ProtobufWriter()
    .message(1, (resourceMetrics) => {
      resourceMetrics.message(1, (resource) => writeResource(resource, run, environment));
      resourceMetrics.message(2, (scopeMetrics) => {
        scopeMetrics.message(1, (scope) => scope.text(1, "muster").text(2, version));
        scopeMetrics.append(metrics);
      });
    })
    .finish();
}

/** Writes a `Metric` in field 2, which is that of `ScopeMetrics`. @param points its data points, each in field 1 */
function writeMetric(writer: ProtobufWriter, { kind, name, help, unit }: MetricFamily, points: ProtobufWriter): void {
  writer.message(2, (metric) => {
    metric.text(1, name).text(2, help).text(3, unit);
    if (kind === "gauge") metric.message(5, (gauge) => gauge.append(points));
    else if (kind === "counter") metric.message(7, (sum) => sum.append(points).varint(2, cumulative).varint(3, 1));
    else metric.message(10, (histogram) => histogram.append(points).varint(2, cumulative));
  });
}

function* pointWriters(
  family: MetricFamily,
  times: PointTimes,
): Generator<(point: ProtobufWriter) => void, void, void> {
  if (family.kind === "histogram") {
    for (const one of family.points) yield (point) => writeHistogram(point, family, one, times);
  } else {
    for (const { labels, value } of family.points) yield (point) => writeNumber(point, family, labels, value, times);
  }
}

/** Writes the fields of a `NumberDataPoint`. Counters are whole numbers, except for custom counters of the test. */
function writeNumber(
  point: ProtobufWriter,
  { kind, unit }: NumberFamily,
  labels: Labels,
  value: number,
  times: PointTimes,
): void {
  if (kind === "counter") point.fixed64(2, times.startNs);
  point.fixed64(3, times.timeNs);
  if (kind === "counter" && unit !== "") point.fixed64(6, BigInt(value));
  else point.double(4, value);
  writeLabels(point, 7, labels);
}

/** Writes the fields of an `ExponentialHistogramDataPoint`. Count, sum, minimum and maximum are exact. */
function writeHistogram(
  point: ProtobufWriter,
  { perUnit }: HistogramFamily,
  { labels, histogram }: HistogramPoint,
  times: PointTimes,
): void {
  const { scale, zeroCount, offset, counts } = exponentialBuckets(histogram, perUnit);
  writeLabels(point, 1, labels);
  point
    .fixed64(2, times.startNs)
    .fixed64(3, times.timeNs)
    .fixed64(4, BigInt(histogram.count))
    .double(5, histogram.sumMicros / perUnit)
    .sint32(6, scale)
    .fixed64(7, BigInt(zeroCount))
    .message(8, (buckets) => buckets.sint32(1, offset).packedVarints(2, counts));
  if (histogram.count > 0) point.double(12, histogram.minMicros / perUnit).double(13, histogram.maxMicros / perUnit);
}

function writeLabels(point: ProtobufWriter, field: number, labels: Labels): void {
  for (const [key, value] of Object.entries(labels)) writeAttribute(point, field, key, value);
}
