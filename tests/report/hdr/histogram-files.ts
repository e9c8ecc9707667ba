import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import * as hdr from "hdr-histogram-js";
import { LineFile } from "../../../src/report/hdr/line-file.ts";

/** A file with this text, for as long as `look` runs. */
export function withFile<Value>(text: string | Uint8Array, look: (file: LineFile) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), "muster-hdr-"));
  try {
    const name = join(folder, "a.hlog");
    writeFileSync(name, text);
    using file = new LineFile(name);
    return look(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function fixtureFile<Value>(name: string, look: (file: LineFile) => Value): Value {
  using file = new LineFile(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));
  return look(file);
}

/** A histogram of hdr-histogram-js that grows with its values. */
export function histogramOf(values: Iterable<number>, digits: 1 | 2 | 3 | 4 | 5 = 3, lowest = 1): hdr.JsHistogram {
  const histogram = new hdr.Float64Histogram(lowest, 2 * lowest, digits);
  histogram.autoResize = true;
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

export interface LoggedInterval {
  readonly values: readonly number[];
  readonly tag?: string;
  readonly startSec: number;
  readonly lengthSec?: number;
}

/** A log as hdr-histogram-js writes it. @param divisor of the maximum in the column Interval_Max */
export function logText(intervals: readonly LoggedInterval[], divisor = 1_000_000): string {
  let text = "";
  const writer = new hdr.HistogramLogWriter((added) => {
    text += added;
  });
  writer.outputLogFormatVersion();
  writer.outputStartTime(1_700_000_000_000);
  writer.outputLegend();
  for (const { values, tag, startSec, lengthSec = 1 } of intervals) {
    const histogram = histogramOf(values);
    if (tag !== undefined) histogram.tag = tag;
    writer.outputIntervalHistogram(histogram, startSec, startSec + lengthSec, divisor);
  }
  return text;
}

/** Where a histogram of encoding V0 or V1 differs from what is usual. */
export interface Encoding {
  readonly version: 0 | 1 | 2;
  readonly wordBytes?: 2 | 4 | 8;
  readonly digits?: number;
  readonly lowest?: bigint;
  readonly highest?: bigint;
  readonly ratio?: number;
}

/** The compressed encoding of counts by slot, as HdrHistogram's AbstractHistogram.java writes it. */
export function encodedCounts(counts: readonly number[], encoding: Encoding): string {
  const { version, wordBytes = 8 } = encoding;
  const payload = Buffer.alloc(counts.length * wordBytes);
  for (const [slot, count] of counts.entries()) {
    if (wordBytes === 8) payload.writeBigInt64BE(BigInt(count), slot * 8);
    else payload.writeIntBE(count, slot * wordBytes, wordBytes);
  }
  return encodedPayload(payload, { ...encoding, wordBytes, version });
}

/** Encodes a given payload in the same way. */
export function encodedPayload(payload: Uint8Array, encoding: Encoding): string {
  const { version, wordBytes = 1, digits = 3, lowest = 1n, highest = 3_600_000_000n, ratio = 1 } = encoding;
  const base = [0x1c84_9308, 0x1c84_9301, 0x1c84_9303][version] ?? 0;
  const header = Buffer.alloc(version === 0 ? 32 : 40);
  header.writeUInt32BE(base + (wordBytes << 4), 0);
  if (version === 0) {
    header.writeUInt32BE(digits, 4);
    header.writeBigInt64BE(lowest, 8);
    header.writeBigInt64BE(highest, 16);
  } else {
    header.writeUInt32BE(payload.length, 4);
    header.writeUInt32BE(digits, 12);
    header.writeBigInt64BE(lowest, 16);
    header.writeBigInt64BE(highest, 24);
    header.writeDoubleBE(ratio, 32);
  }
  return compressed(base + (wordBytes << 4) + 1, Buffer.concat([header, payload]));
}

/** Any bytes behind a cookie, compressed. */
export function compressed(cookie: number, bytes: Uint8Array): string {
  const deflated = deflateSync(bytes);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(cookie, 0);
  head.writeUInt32BE(deflated.length, 4);
  return Buffer.concat([head, deflated]).toString("base64");
}
