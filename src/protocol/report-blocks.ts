import type { HealthReport } from "../stats/health-sample.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./bytes.ts";

/*
 * The part of a report frame that tells how the worker did: 0 when it did not look, else 1 and
 *
 *   utilisation (millionths) loopDelayP99 loopDelayMax scheduleLagP99? gc (microseconds) heap rss (bytes)
 *   cpu (millionths of a core) sockets fileDescriptors fileDescriptorLimit? p50? (microseconds)
 *
 * What may be missing (?) is 0 then, and else one more than its value.
 */

export function writeHealth(writer: ByteWriter, health: HealthReport | null): void {
  writer.varint(health === null ? 0 : 1);
  if (health === null) return;
  writer.varint(scaled(health.utilisation, 1e6));
  writer.varint(scaled(health.loopDelayP99Ms, 1e3));
  writer.varint(scaled(health.loopDelayMaxMs, 1e3));
  writer.varint(optional(health.scheduleLagP99Ms, 1e3));
  writer.varint(scaled(health.gcMs, 1e3));
  writer.varint(scaled(health.heapAfterGcBytes, 1));
  writer.varint(scaled(health.rssBytes, 1));
  writer.varint(scaled(health.cpu, 1e6));
  writer.varint(scaled(health.sockets, 1));
  writer.varint(scaled(health.fileDescriptors, 1));
  writer.varint(optional(health.fileDescriptorLimit, 1));
  writer.varint(optional(health.p50Ms, 1e3));
}

/** @throws ProtocolError when the frame ends within. */
export function readHealth(reader: ByteReader): HealthReport | null {
  if (reader.varint() === 0) return null;
  return {
    // A clock that was read a moment later than another may tell of more than there is.
    utilisation: Math.min(1, reader.varint() / 1e6),
    loopDelayP99Ms: reader.varint() / 1e3,
    loopDelayMaxMs: reader.varint() / 1e3,
    scheduleLagP99Ms: readOptional(reader, 1e3),
    gcMs: reader.varint() / 1e3,
    heapAfterGcBytes: reader.varint(),
    rssBytes: reader.varint(),
    cpu: reader.varint() / 1e6,
    sockets: reader.varint(),
    fileDescriptors: reader.varint(),
    fileDescriptorLimit: readOptional(reader, 1),
    p50Ms: readOptional(reader, 1e3),
  };
}

function scaled(value: number, factor: number): number {
  return Math.max(0, Math.round(value * factor));
}

function optional(value: number | null, factor: number): number {
  return value === null ? 0 : scaled(value, factor) + 1;
}

function readOptional(reader: ByteReader, factor: number): number | null {
  const value = reader.varint();
  return value === 0 ? null : (value - 1) / factor;
}
