/* The few parts of DER (ITU-T X.690) that an X.509 certificate needs. */

/** Encodes a value with its tag and its length. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  const hex = bytes.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.of(0x80 + digits.length), digits]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts);
export const octets = (content: Uint8Array): Buffer => der(0x04, content);
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
export const yes: Buffer = der(0x01, Buffer.of(0xff));

/** Encodes a bit string. @param unusedBits the number of unused bits of the last byte */
export const bits = (content: Uint8Array, unusedBits = 0): Buffer => der(0x03, Buffer.of(unusedBits), content);

/** Encodes a positive integer from its bytes, most significant first; the first byte must not be 0. */
export function integer(bytes: Uint8Array): Buffer {
  // A first bit of 1 would make it negative.
  return (bytes[0] ?? 0) < 0x80 ? der(0x02, bytes) : der(0x02, Buffer.of(0), bytes);
}

/** Encodes a value with a context-specific tag: [0], [1], … */
export const tagged = (number: number, ...parts: readonly Uint8Array[]): Buffer => der(0xa0 + number, ...parts);
/** Encodes a primitive value, which has no parts, with a context-specific tag. */
export const taggedValue = (number: number, content: Uint8Array): Buffer => der(0x80 + number, content);

/** Encodes an object identifier such as "1.2.840.10045.4.3.2". */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split(".").map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...others].flatMap(base128)));
}

/** Encodes a number in base 128: each byte has seven bits of it, and all bytes but the last have the first bit set. */
function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(128 + (rest % 128));
  return bytes;
}

/** Encodes a time in whole seconds: as UTCTime until 2049, then as GeneralizedTime (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}
