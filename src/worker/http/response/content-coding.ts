import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { BodyTooLarge, bodyMemory, smallBodyBytes } from "./body-memory.ts";
import { maxKeptBytes } from "./received-body.ts";

const maxCodings = 5;
const megabyte = 1024 * 1024;

/** Stops with an error as soon as there are more than `maxOutputLength` bytes. */
type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  // "deflate" means with a zlib header, but some servers omit it.
  deflate: (bytes, options) =>
    ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options),
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  identity: (bytes) => bytes,
};

/**
 * Decodes a body with the Content-Encoding `coding`. A body with an unknown coding is returned unchanged. The result counts as
 * memory of this worker.
 * @throws BodyTooLarge when a small response becomes more than is kept; Error when the bytes do not match the coding
 */
export function decodeContent(bytes: Buffer, coding: string | undefined): Buffer {
  // Responses to HEAD and 304 have the header but no body.
  if (coding === undefined || bytes.length === 0) return bytes;
  const steps = coding.toLowerCase().split(",", maxCodings + 1);
  const known = steps.map((step) => (Object.hasOwn(decoders, step.trim()) ? decoders[step.trim()] : undefined));
  if (steps.length > maxCodings || known.includes(undefined)) return bytes;
  const decoded = known.reduceRight(
    (content, decode) => (decode === undefined ? content : limited(decode, content)),
    bytes,
  );
  if (decoded !== bytes && decoded.length > smallBodyBytes && bodyMemory.hold(decoded, decoded.length) === null) {
    throw new BodyTooLarge(bodyMemory.describe(`the body has ${decoded.length} bytes when it is decompressed`));
  }
  return decoded;
}

/** Decompresses a body with the memory that is left, at once or after a garbage collection. */
function limited(decode: Decode, bytes: Buffer): Buffer {
  const left = bodyMemory.most - bodyMemory.usedBytes;
  let decoded = within(left, decode, bytes);
  if (decoded === null && left < maxKeptBytes) decoded = within(bodyMemory.roomFor(maxKeptBytes), decode, bytes);
  if (decoded !== null) return decoded;
  const most = `the body is larger than ${maxKeptBytes / megabyte} MB when it is decompressed, and no more is kept`;
  const isAlone = bodyMemory.most - bodyMemory.usedBytes >= maxKeptBytes;
  throw new BodyTooLarge(isAlone ? most : bodyMemory.describe("the body is too large when it is decompressed"));
}

/** Returns null if there are more bytes than `room`, or than are kept. */
function within(room: number, decode: Decode, bytes: Buffer): Buffer | null {
  if (room < 1) return null;
  try {
    return decode(bytes, { maxOutputLength: Math.min(room, maxKeptBytes) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return null;
    throw error;
  }
}
