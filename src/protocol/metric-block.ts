import type { ScalarReport } from "../stats/interval-report.ts";
import type { ScalarMetric } from "../stats/scalar-metric.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./bytes.ts";
import { ProtocolError } from "./channel.ts";

/*
 * A metric of the test's own in a report frame: name kind, and by its kind
 *
 *   0 counter  sum (a double)
 *   1 rate     count total
 *   2 gauge    value min max atMs (doubles)
 */

export function writeMetric(writer: ByteWriter, name: string, metric: ScalarMetric): void {
  writer.text(name);
  switch (metric.kind) {
    case "counter":
      writer.varint(0);
      writer.double(metric.sum);
      return;
    case "rate":
      writer.varint(1);
      writer.varint(metric.count);
      writer.varint(metric.total);
      return;
    case "gauge":
      writer.varint(2);
      for (const value of [metric.value, metric.min, metric.max, metric.atMs]) writer.double(value);
      return;
  }
}

/** @throws ProtocolError when it makes no sense. */
export function readMetric(reader: ByteReader): ScalarReport {
  const name = reader.text();
  const kind = reader.varint();
  if (kind === 0) return { name, metric: { kind: "counter", sum: reader.double() } };
  if (kind === 1) {
    const [count, total] = [reader.varint(), reader.varint()];
    if (count > total) throw new ProtocolError("a rate of more than all");
    return { name, metric: { kind: "rate", count, total } };
  }
  if (kind !== 2) throw new ProtocolError(`unknown kind of metric ${kind}`);
  const [value, min, max, atMs] = [reader.double(), reader.double(), reader.double(), reader.double()];
  return { name, metric: { kind: "gauge", value, min, max, atMs } };
}
