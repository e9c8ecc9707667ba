import { HistogramFormatError, highestTrackableMicros, lowestDiscernibleMicros, significantDigits } from "./layout.ts";

// Header of HdrHistogram's V2 encoding, big-endian; source: AbstractHistogram.encodeIntoByteBuffer.
//
//   byte 0       4              8                  12      16          24           32               40
//        cookie | payload bytes | normalizing index | digits | lowest i64 | highest i64 | value ratio f64 | payload
const cookie = 0x1c84_9313;
const template = Buffer.alloc(40);
template.writeUInt32BE(cookie, 0);
template.writeUInt32BE(significantDigits, 12);
template.writeUInt32BE(lowestDiscernibleMicros, 20);
template.writeUInt32BE(highestTrackableMicros, 28);
template.writeDoubleBE(1, 32);

/** The number of bytes before the payload. */
export const headerSize = template.length;

/**
 * Writes the header of a payload of `payloadSize` bytes at `offset`.
 * @throws RangeError if `target` is too small
 */
export function writeHeader(target: Uint8Array, offset: number, payloadSize: number): void {
  target.set(template, offset);
  for (let i = 0; i < 4; i++) target[offset + 4 + i] = payloadSize >>> (24 - 8 * i);
}

/**
 * Checks that `source`, of at least `headerSize` bytes, begins with the header of a payload of `payloadSize` bytes in
 * muster's layout.
 * @throws HistogramFormatError with the name of the field that differs
 */
export function requireHeader(source: Uint8Array, payloadSize: number): void {
  const word = (offset: number) => readUint32(source, offset);
  requireField("cookie", word(0) === cookie);
  requireField("payload length", word(4) === payloadSize);
  // hdr-histogram-js 3.0.1 writes an index offset of 1 and the ratio as an integer 1; it shifts and scales nothing.
  requireField("normalizing index offset", word(8) <= 1);
  requireField("significant digits", word(12) === significantDigits);
  requireField("lowest value", word(16) === 0 && word(20) === lowestDiscernibleMicros);
  requireField("highest value", word(24) === 0 && word(28) === highestTrackableMicros);
  const isRatioOne = word(32) === 0x3ff0_0000 && word(36) === 0;
  requireField("value ratio", isRatioOne || (word(32) === 0 && word(36) === 1));
}

/** Reads a big-endian unsigned 32-bit integer at `offset`, which must be within `source`. */
export function readUint32(source: Uint8Array, offset: number): number {
  const high = ((source[offset] as number) << 8) | (source[offset + 1] as number);
  const low = ((source[offset + 2] as number) << 8) | (source[offset + 3] as number);
  return high * 65_536 + low;
}

function requireField(name: string, holds: boolean): void {
  if (!holds) throw new HistogramFormatError(`histogram header has an unexpected ${name}`);
}
