import { open } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { ConfigurationError } from "../../../core/errors.ts";
import { oneLine } from "./loose-json.ts";

/** The size of the largest file that is read. V8 supports strings of up to 512 MB, and parsing takes several times the size of the file. */
const maxBytes = 400 * 1024 * 1024;

/** Makes the error for a file whose content does not have the expected format. */
export type Refusal = (file: string, reason: string, cause?: unknown) => ConfigurationError;

/**
 * Reads a text file: UTF-8 or UTF-16, with or without a byte order mark, gzipped or not.
 * @throws ConfigurationError when the file cannot be read, is too large, or is not text
 */
export async function readInputText(file: string, refusal: Refusal): Promise<string> {
  return textOfBytes(file, await bytesOf(file), refusal);
}

/** Reads standard input to its end, as `readInputText` reads a file. */
export async function readStandardInput(refusal: Refusal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return textOfBytes("standard input", Buffer.concat(chunks), refusal);
}

function textOfBytes(file: string, bytes: Buffer, refusal: Refusal): string {
  const text = decode(file, unpacked(file, bytes, refusal), refusal);
  if (text.trim() === "") throw refusal(file, "it is empty");
  return text;
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooLarge(file, size);
    const bytes = await handle.readFile();
    if (bytes.length > maxBytes) throw tooLarge(file, bytes.length);
    return bytes;
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`${oneLine(file)} cannot be read: ${oneLine((cause as Error).message)}`, { cause });
  }
}

function tooLarge(file: string, bytes: number): ConfigurationError {
  const megabytes = (count: number) => `${Math.ceil(count / 1024 / 1024)} MB`;
  return new ConfigurationError(
    `${oneLine(file)} has ${megabytes(bytes)}, more than ${megabytes(maxBytes)}: export it without the content of responses, or record less`,
  );
}

function unpacked(file: string, bytes: Buffer, refusal: Refusal): Buffer {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw refusal(file, "it is a zip archive; unpack it and give the file in it");
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(file, maxBytes + 1);
    throw refusal(file, `it cannot be unpacked: ${oneLine((cause as Error).message)}`, cause);
  }
}

/** Decodes UTF-8 or UTF-16. An invalid byte becomes U+FFFD, and the notes of the test name the bodies that contain one. */
function decode(file: string, bytes: Buffer, refusal: Refusal): string {
  try {
    return new TextDecoder(encodingOf(bytes)).decode(bytes);
  } catch (cause) {
    throw refusal(file, `its text cannot be decoded: ${oneLine((cause as Error).message)}`, cause);
  }
}

/** Detects UTF-16 by the byte order mark, or by the zero byte of the first character, which is ASCII in JSON. */
function encodingOf([first, second]: Buffer): string {
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return "utf-16be";
  return "utf-8";
}
