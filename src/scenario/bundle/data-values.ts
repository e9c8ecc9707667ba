import { getHeapStatistics } from "node:v8";
import { ConfigurationError } from "../../core/errors.ts";
import { parseCsv } from "./csv.ts";
import { megabytes } from "./data-part.ts";
import { FileFault } from "./file-fault.ts";
import { decodePlainText, decodeText } from "./file-text.ts";
import { takeData } from "./offered-data.ts";

/*
 * What the code of a bundle calls for the imported files that travel beside it: the module of such a file is one call. `name`
 * is the file's, for people. A file is read when its module is run, once in each process.
 */

/** Beyond this part of the heap that Node.js allows, it would soon end the process without a word. */
const fullHeap = 0.85;
/** Of the heap that Node.js allows, what is for objects that do not live long. */
const shortLivedBytes = 96 * 1024 * 1024;
/**
 * What a file takes in memory, with its text, for each of its bytes: between 2 and 4 as a rule. Where a CSV file has many
 * short fields it is 10, which is seen while they are read.
 */
const heapPerByte = { csv: 3, json: 4 };

/** The records of a CSV file. */
export function csvRecords(hash: string, name: string): Record<string, string>[] {
  const bytes = takeData(hash);
  requireHeap(name, bytes.length, bytes.length * heapPerByte.csv);
  return reading(name, () => parseCsv(decodePlainText(bytes), () => requireHeap(name, bytes.length, 0)));
}

/** What a JSON file holds. */
export function parsedJson(hash: string, name: string): unknown {
  const bytes = takeData(hash);
  requireHeap(name, bytes.length, bytes.length * heapPerByte.json);
  return reading(name, () => parseJson(decodeText(bytes)));
}

export function fileContent(hash: string, name: string): string {
  return reading(name, () => decodeText(takeData(hash)));
}

export function fileBytes(hash: string): Uint8Array {
  // The test's own: what it does to them is not seen by whoever sends the part on.
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

/** @throws ConfigurationError when `more` bytes do not fit into the heap */
function requireHeap(name: string, size: number, more: number): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used + more <= (limit - shortLivedBytes) * fullHeap) return;
  throw new ConfigurationError(
    `${name} (${megabytes(size)}) does not fit into the ${megabytes(limit)} of memory that Node.js allows here: import fewer rows and columns, or raise it, e.g. NODE_OPTIONS=--max-old-space-size=${advised(limit)}`,
  );
}

/** In MB: twice as much. */
function advised(limit: number): number {
  return 2 ** Math.ceil(Math.log2((2 * limit) / 1024 ** 2));
}
