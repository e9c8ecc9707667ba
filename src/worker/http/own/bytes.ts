let viewed: Uint8Array | null = null;
let view: DataView = new DataView(new ArrayBuffer(0));

/** Keeps the last view: nearly all bytes are in the one buffer that all sockets read into. */
function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  return view;
}

/**
 * Packs the bytes from `from` to `to` into words of four bytes. The last word has the remaining bytes, least
 * significant first.
 */
export function wordsOf(bytes: Uint8Array, from: number, to: number): Int32Array {
  const words = new Int32Array((to - from + 3) >> 2);
  for (let at = from; at < to; at++) {
    const position = at - from;
    words[position >> 2] = (words[position >> 2] as number) | ((bytes[at] as number) << ((position & 3) * 8));
  }
  return words;
}

/**
 * Whether the `length` bytes from `from` equal the bytes that `words` was made from. The caller checks that they are within
 * bounds. Comparing words takes half the time of `Buffer.compare`.
 */
export function equalWords(bytes: Uint8Array, from: number, words: Int32Array, length: number): boolean {
  const data = viewOf(bytes);
  const wholeWords = length >> 2;
  for (let word = 0; word < wholeWords; word++) {
    if (data.getInt32(from + word * 4, true) !== words[word]) return false;
  }
  const last = words[wholeWords] ?? 0;
  for (let position = wholeWords * 4; position < length; position++) {
    if (bytes[from + position] !== ((last >>> ((position & 3) * 8)) & 0xff)) return false;
  }
  return true;
}

/** The bytes and byte classes of RFC 9110 and RFC 9112. */

export const tab = 0x09;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const colon = 0x3a;
export const semicolon = 0x3b;

/** 1 for each byte that is allowed in a token, such as the name of a header. */
export const isToken = table((byte) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)));

/**
 * 1 for each byte that is allowed in a header value or a reason phrase: a tab, visible ASCII, and any byte above it.
 */
const isText = table((byte) => byte === tab || (byte >= space && byte !== 0x7f));

/** The value of a hexadecimal digit; 255 for any other byte. */
export const hexValue = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 255 : value;
});

function table(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}

/** Returns the position where the token that begins at `from` ends; `to` if it does not end earlier. */
export function tokenEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isToken[bytes[at] as number] === 1) at++;
  return at;
}

/** Returns the position where the text that begins at `from` ends; `to` if it does not end earlier. */
export function textEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isText[bytes[at] as number] === 1) at++;
  return at;
}

/**
 * Returns the value of a header from `from` to the end of its line, without the blanks around it. `trim` would also remove
 * characters that are not white space in HTTP, and a regular expression would take quadratic time for a long run of blanks.
 */
export function fieldValue(text: string, from: number): string {
  const lineEnd = text.indexOf("\r", from);
  let at = from;
  let end = lineEnd < 0 ? text.length : lineEnd;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  while (end > at && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(at, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
