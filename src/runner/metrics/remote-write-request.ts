import { hideSecrets } from "../../core/redaction/known-secrets.ts";
import { ProtobufWriter } from "../delivery/protobuf-writer.ts";
import { countsUpTo } from "./histogram-buckets.ts";
import {
  type HistogramFamily,
  type HistogramPoint,
  type Labels,
  type MetricFamily,
  prometheusName,
} from "./metric-family.ts";
import { snappyBlock } from "./snappy.ts";

/** The headers of remote write 1.0. Source: https://prometheus.io/docs/specs/prw/remote_write_spec/#protocol */
export const remoteWriteHeaders = {
  "content-type": "application/x-protobuf",
  "content-encoding": "snappy",
  "x-prometheus-remote-write-version": "0.1.0",
};

/** The size from which a request is sent, in bytes before compression. */
const mostBodyBytes = 1_000_000;
/** The values of `MetricMetadata.MetricType`. */
const metadataTypes = { counter: 1, gauge: 2, histogram: 3 } as const;

/**
 * Writes families as `prometheus.WriteRequest`s of about 1 MB at most, compressed. Yields null between two points, so that the
 * caller can pause.
 * Source: https://github.com/prometheus/prometheus/blob/main/prompb/remote.proto
 * @param fixed labels of all series
 * @param timeMs when the values were read, in ms since 1970
 */
export function* remoteWriteRequests(
  families: Iterable<MetricFamily>,
  fixed: Labels,
  timeMs: number,
): Generator<Uint8Array | null, void, void> {
  let request = new ProtobufWriter();
  for (const family of families) {
    const name = prometheusName(family);
    request.message(3, (metadata) => metadata.varint(1, metadataTypes[family.kind]).text(2, name).text(4, family.help));
    for (const write of seriesWriters(family, name, fixed, timeMs)) {
      write(request);
      if (request.length > mostBodyBytes) {
        yield snappyBlock(request.finish());
        request = new ProtobufWriter();
      } else yield null;
    }
  }
  if (request.length > 0) yield snappyBlock(request.finish());
}

/** Writes the series of each point. A histogram has one per classic bucket. */
function* seriesWriters(
  family: MetricFamily,
  name: string,
  fixed: Labels,
  timeMs: number,
): Generator<(request: ProtobufWriter) => void, void, void> {
  if (family.kind === "histogram") {
    const names = histogramNames(family, name);
    for (const point of family.points) {
      yield (request) =>
        writeHistogram(request, family, names, { ...point, labels: { ...fixed, ...point.labels } }, timeMs);
    }
    return;
  }
  const named = labelsOf({ __name__: name });
  for (const { labels, value } of family.points) {
    yield (request) => writeSeries(request, [named, labelsOf({ ...fixed, ...labels })], value, timeMs);
  }
}

/** The encoded labels that all points of a histogram share. */
interface HistogramNames {
  readonly bucket: ProtobufWriter;
  readonly bounds: readonly ProtobufWriter[];
  readonly infinite: ProtobufWriter;
  readonly sum: ProtobufWriter;
  readonly count: ProtobufWriter;
}

function histogramNames({ bounds }: HistogramFamily, name: string): HistogramNames {
  return {
    bucket: labelsOf({ __name__: `${name}_bucket` }),
    bounds: bounds.map((bound) => labelsOf({ le: String(bound) })),
    infinite: labelsOf({ le: "+Inf" }),
    sum: labelsOf({ __name__: `${name}_sum` }),
    count: labelsOf({ __name__: `${name}_count` }),
  };
}

function writeHistogram(
  request: ProtobufWriter,
  { bounds, perUnit }: HistogramFamily,
  names: HistogramNames,
  { labels, histogram }: HistogramPoint,
  timeMs: number,
): void {
  const all = Object.entries(labels);
  // Labels must be sorted by name, and the label "le" of a bucket has its place among the others.
  const before = labelsOf(Object.fromEntries(all.filter(([name]) => name < "le")));
  const after = labelsOf(Object.fromEntries(all.filter(([name]) => name > "le")));
  for (const [i, count] of countsUpTo(histogram, bounds, perUnit).entries()) {
    writeSeries(request, [names.bucket, before, names.bounds[i] as ProtobufWriter, after], count, timeMs);
  }
  writeSeries(request, [names.bucket, before, names.infinite, after], histogram.count, timeMs);
  writeSeries(request, [names.sum, before, after], histogram.sumMicros / perUnit, timeMs);
  writeSeries(request, [names.count, before, after], histogram.count, timeMs);
}

/** Writes a `TimeSeries`. @param labels the labels, sorted by name as the protocol requires */
function writeSeries(request: ProtobufWriter, labels: readonly ProtobufWriter[], value: number, timeMs: number): void {
  request.message(1, (series) => {
    for (const some of labels) series.append(some);
    series.message(2, (sample) => sample.double(1, value).varint(2, timeMs));
  });
}

/** Encodes labels as fields of a `TimeSeries`, sorted by name. */
function labelsOf(labels: Labels): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const [name, text] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    // A label with an empty value has the meaning of a missing label, and is not allowed.
    if (text !== "") writer.message(1, (label) => label.text(1, name).text(2, hideSecrets(text)));
  }
  return writer;
}
