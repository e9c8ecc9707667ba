import { isUtf8 } from "node:buffer";
import { FileFault } from "./file-fault.ts";

/** Byte order marks. UTF-32LE comes first, as its mark starts with the one of UTF-16LE. */
const marks = [
  { name: "UTF-32LE", label: null, bytes: [0xff, 0xfe, 0, 0] },
  { name: "UTF-32BE", label: null, bytes: [0, 0, 0xfe, 0xff] },
  { name: "UTF-16LE", label: "utf-16le", bytes: [0xff, 0xfe] },
  { name: "UTF-16BE", label: "utf-16be", bytes: [0xfe, 0xff] },
] as const;
const utf8Mark = [0xef, 0xbb, 0xbf];
const newline = 0x0a;

/**
 * Decodes a file in UTF-8, or in UTF-16 with a byte order mark (Excel's "Unicode text").
 * @throws FileFault if the file has another encoding
 */
export function decodeText(bytes: Uint8Array): string {
  const mark = marks.find((one) => startsWith(bytes, one.bytes));
  if (mark !== undefined) return unmarked(bytes.subarray(mark.bytes.length), mark.name, mark.label);
  const text = startsWith(bytes, utf8Mark) ? bytes.subarray(utf8Mark.length) : bytes;
  if (!isUtf8(text)) throw notUtf8(text);
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("utf8");
}

/**
 * Decodes a file of text lines as {@link decodeText} does.
 * @throws FileFault also if the file contains zero bytes
 */
export function decodePlainText(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  const at = text.indexOf("\0");
  if (at < 0) return text;
  // In UTF-16 every second byte of Latin letters is zero.
  const [first, second] = [bytes[0], bytes[1]];
  const encoding = first === 0 && second !== 0 ? "UTF-16BE" : first !== 0 && second === 0 ? "UTF-16LE" : null;
  if (encoding !== null) {
    throw new FileFault(`the file seems to be ${encoding} without a byte order mark; ${conversionFrom(encoding)}`, 1);
  }
  throw new FileFault("a NUL character: this is not a text file, or it is damaged", linesBefore(text, at) + 1);
}

function unmarked(bytes: Uint8Array, name: string, label: "utf-16le" | "utf-16be" | null): string {
  if (label === null) throw new FileFault(`the file is ${name}; ${conversionFrom(name)}`, 1);
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FileFault(`the file says that it is ${name}, but is not; is it cut off?`, 1);
  }
}

function notUtf8(bytes: Uint8Array): FileFault {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(newline, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
    line++;
  }
  let at = start;
  while (at < bytes.length) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(at, at + count)));
    if (length === undefined) break;
    at += length;
  }
  const byte = (bytes[at] ?? 0).toString(16).padStart(2, "0");
  const place = `byte 0x${byte} at offset ${at - start} of the line is not UTF-8`;
  return new FileFault(`${place}; if the file is Windows-1252 or Latin-1, ${conversionFrom("WINDOWS-1252")}`, line);
}

function conversionFrom(encoding: string): string {
  return `convert it: iconv -f ${encoding} -t UTF-8 OLD > NEW`;
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, position) => bytes[position] === byte);
}

function linesBefore(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
