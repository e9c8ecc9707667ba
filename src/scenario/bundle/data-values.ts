import { getHeapStatistics } from "node:v8";
import { ConfigurationError } from "../../core/errors.ts";
import { parseCsv } from "../data/csv.ts";
import { megabytes } from "./data-part.ts";
import { FileFault } from "./file-fault.ts";
import { decodePlainText, decodeText } from "./file-text.ts";
import { takeData } from "./offered-data.ts";

/*
 * Functions that the code of a bundle calls for its large files: the module of such a file is one call. `name` is the name
 * of the file in error messages. A file is read when its module is evaluated, once per process.
 */

/** The share of Node's heap limit that can be used: beyond it, Node.js soon aborts the process without an error message. */
const fullHeap = 0.85;
/** The part of Node's heap limit that is reserved for short-lived objects. */
const shortLivedBytes = 96 * 1024 * 1024;
/**
 * The memory that a file takes per byte, with its text: usually 2 to 4 bytes. A CSV file with many short fields takes up to
 * 10, which is checked while it is parsed.
 */
const heapPerByte = { csv: 3, json: 4 };

/** Parses a CSV file into records. */
export function csvRecords(hash: string, name: string): Record<string, string>[] {
  const bytes = takeData(hash);
  requireHeap(name, bytes.length, bytes.length * heapPerByte.csv);
  return reading(name, () => parseCsv(decodePlainText(bytes), () => requireHeap(name, bytes.length, 0)));
}

/** Parses a JSON file. */
export function parsedJson(hash: string, name: string): unknown {
  const bytes = takeData(hash);
  requireHeap(name, bytes.length, bytes.length * heapPerByte.json);
  return reading(name, () => parseJson(decodeText(bytes)));
}

export function fileContent(hash: string, name: string): string {
  return reading(name, () => decodeText(takeData(hash)));
}

export function fileBytes(hash: string): Uint8Array {
  // A copy: the test can change it, and the original may be sent to other processes.
  return Uint8Array.from(takeData(hash));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FileFault(`not JSON: ${(cause as Error).message}`, 1);
  }
}

function reading<Value>(name: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof FileFault)) throw cause;
    throw new ConfigurationError(`${name}:${cause.line}:1: ${cause.message}`, { cause });
  }
}

/** @throws ConfigurationError if `more` bytes do not fit into the heap */
function requireHeap(name: string, size: number, more: number): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used + more <= (limit - shortLivedBytes) * fullHeap) return;
  throw new ConfigurationError(
    `${name} (${megabytes(size)}) does not fit into the ${megabytes(limit)} of memory that Node.js allows here: import fewer rows and columns, or raise it, e.g. NODE_OPTIONS=--max-old-space-size=${advised(limit)}`,
  );
}

/** Returns a suggestion for Node's heap limit, in MB: twice the current one, rounded up to a power of 2. */
function advised(limit: number): number {
  return 2 ** Math.ceil(Math.log2((2 * limit) / 1024 ** 2));
}
