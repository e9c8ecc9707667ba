import { inflateSync } from "node:zlib";
import { readVarints, readWords, type SlotCounts, UnreadableHistogram } from "./slot-counts.ts";
import { SlotLayout } from "./slot-layout.ts";

/*
 * HdrHistogram's compressed encodings, versions 0, 1 and 2, of any range and precision. Source: AbstractHistogram.java of
 * HdrHistogram. Integers are big-endian:
 *
 *   compressed   cookie | bytes that follow | zlib stream of one of these:
 *   V1, V2       cookie | payload bytes | normalizing index | digits | lowest i64 | highest i64 | value ratio f64 | payload
 *   V0           cookie | digits | lowest i64 | highest i64 | total count i64 | payload
 *
 * Bits 4 to 7 of a cookie are the number of bytes of a count in V0 and V1. The normalizing index does not change the order of
 * the payload.
 *
 * hdr-histogram-js only decodes V2, inflates without a limit, and drops counts past its last slot. That is why muster has its
 * own decoder.
 */

const cookies = { v0: 0x1c84_9308, v1: 0x1c84_9301, v2: 0x1c84_9303 } as const;
const compressedCookies: ReadonlyMap<number, number> = new Map([
  [0x1c84_9309, cookies.v0],
  [0x1c84_9302, cookies.v1],
  [0x1c84_9304, cookies.v2],
]);
const compressedDoubleCookie = 0x0c72_124f;
const wordSizeMask = 0xf0;
const mostDigits = 5;
const highestLowest = 2n ** 40n;
const compressedHeaderBytes = 8;
const headerBytes = { v0: 32, later: 40 } as const;
/** No histogram is longer: 5 digits over all 64-bit values are 6.2 million slots, of at most 9 bytes each. */
const mostInflatedBytes = 2 ** 26;

/** Reads the last field of a line of an HdrHistogram log. @throws UnreadableHistogram */
export function readCompressedHistogram(base64: string): SlotCounts {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new UnreadableHistogram("the histogram is not base64");
  const compressed = Buffer.from(base64, "base64");
  requireBytes(compressed, compressedHeaderBytes);
  const cookie = compressed.readUInt32BE(0);
  if (cookie === compressedDoubleCookie) {
    throw new UnreadableHistogram("the histogram has fractions for values (DoubleHistogram), not integers");
  }
  const inner = compressedCookies.get(withoutWordSize(cookie));
  if (inner === undefined) {
    const found = `0x${cookie.toString(16).padStart(8, "0")}`;
    throw new UnreadableHistogram(`the histogram begins with ${found}, not with a compressed encoding V0, V1 or V2`);
  }
  const end = compressedHeaderBytes + compressed.readUInt32BE(4);
  requireBytes(compressed, end);
  const bytes = inflate(compressed.subarray(compressedHeaderBytes, end));
  requireBytes(bytes, inner === cookies.v0 ? headerBytes.v0 : headerBytes.later);
  if (withoutWordSize(bytes.readUInt32BE(0)) !== inner) {
    throw new UnreadableHistogram("the compressed data is not a histogram of the same version");
  }
  return inner === cookies.v0 ? readV0(bytes) : readLater(bytes, inner === cookies.v2);
}

function readV0(bytes: Buffer): SlotCounts {
  const { layout, slotCount } = layoutOf(bytes.readUInt32BE(4), bytes.readBigInt64BE(8), bytes.readBigInt64BE(16));
  return readWords(bytes.subarray(headerBytes.v0), wordBytesOf(bytes), layout, slotCount);
}

function readLater(bytes: Buffer, isV2: boolean): SlotCounts {
  const end = headerBytes.later + bytes.readUInt32BE(4);
  requireBytes(bytes, end);
  const { layout, slotCount } = layoutOf(bytes.readUInt32BE(12), bytes.readBigInt64BE(16), bytes.readBigInt64BE(24));
  // hdr-histogram-js 3.0.1 writes the ratio as an integer 1.
  if (bytes.readDoubleBE(32) !== 1 && bytes.readBigInt64BE(32) !== 1n) {
    throw new UnreadableHistogram("the histogram has fractions for values (a ratio other than 1), not integers");
  }
  const payload = bytes.subarray(headerBytes.later, end);
  return isV2 ? readVarints(payload, layout, slotCount) : readWords(payload, wordBytesOf(bytes), layout, slotCount);
}

/** The layout of the last interval that was read. The intervals of a log have the same layout, except for the highest value. */
let latest: SlotLayout | undefined;

function layoutOf(digits: number, lowest: bigint, highest: bigint) {
  if (digits > mostDigits) throw new UnreadableHistogram(`the histogram has ${digits} significant digits, not 0 to 5`);
  if (lowest < 1n || lowest > highestLowest || highest < 2n * lowest) {
    throw new UnreadableHistogram(`the histogram has a range from ${lowest} to ${highest}`);
  }
  const lowestDiscernible = Number(lowest);
  if (latest?.digits !== digits || latest.lowestDiscernible !== lowestDiscernible) {
    latest = new SlotLayout(digits, lowestDiscernible);
  }
  return { layout: latest, slotCount: latest.slotsUpTo(Number(highest)) };
}

function inflate(deflated: Uint8Array): Buffer {
  try {
    // A few bytes can inflate to gigabytes.
    return inflateSync(deflated, { maxOutputLength: mostInflatedBytes });
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    throw new UnreadableHistogram(
      code === "ERR_BUFFER_TOO_LARGE"
        ? "the histogram inflates to more than 64 MiB, which no histogram does"
        : `the histogram cannot be inflated: ${message}`,
    );
  }
}

function requireBytes(bytes: Uint8Array, needed: number): void {
  if (bytes.length < needed) throw new UnreadableHistogram("the histogram is cut off");
}

function withoutWordSize(cookie: number): number {
  return (cookie & ~wordSizeMask) >>> 0;
}

function wordBytesOf(bytes: Buffer): number {
  return ((bytes.readUInt32BE(0) & wordSizeMask) >>> 4) & 0xe;
}
