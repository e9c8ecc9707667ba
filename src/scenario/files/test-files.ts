import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { basename, resolve } from "node:path";
import { describeValue } from "../../core/describe-value.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { longestName } from "../../core/size-limits.ts";
import { megabytes } from "../bundle/data-part.ts";
import { defaultHeaderProblem } from "../definition/header-rules.ts";
import type { TestFile, TestFileOptions } from "../definition/test-file.ts";
import { mediaTypeOf } from "./media-type.ts";
import { unreadable } from "./unreadable.ts";

/*
 * `file()` reads a file on the master while the test loads, as `env()` reads a variable. The master keeps only its path,
 * length and hash. A worker requests the content before it loads the test, and then keeps it in memory once.
 */

/** The maximum size of all files of a test together, in bytes: every worker keeps them in memory. */
export const maxFileBytes = 1024 * 1024 * 1024;
const maxFiles = 1_000;
const readBytes = 1024 * 1024;

/** A file that the master has read, and that workers request. */
export interface LocatedFile {
  /** The path as the test gives it. */
  readonly path: string;
  /** The absolute path. */
  readonly location: string;
  readonly size: number;
  /** SHA-256 in hex. */
  readonly sha256: string;
}

/** A file as it has arrived on a worker. */
export interface ShippedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** The data of a file in this process, shared by all objects that `file()` has returned for its path. */
interface Content {
  size: number;
  sha256: string;
  location: string;
  modifiedMs: number;
  /** The content; null on a master until it is read. */
  bytes: Uint8Array | null;
}

/** The files of one test, by the path that the test gives. */
type Files = Map<string, Content>;

const byTest = new Map<string, Files>();
let current: Files = new Map();
/** The folder that paths are relative to while a test loads; null on a worker, which reads no files of its own. */
let folder: string | null = null;

/**
 * Opens a file that users send: `const photo = file("photo.jpg")`. The path is relative to the folder of the test file, on
 * the master. Each worker gets the content once and keeps it once; requests stream it from there. Call it at the top level of
 * the test file: a file that is opened later was not sent with the test.
 * @throws ConfigurationError if the file cannot be read, or the files of the test have more than 1 GB
 */
export function file(path: string, options: TestFileOptions = {}): TestFile {
  if (typeof path !== "string" || path === "" || path.length > longestName) {
    const found = typeof path === "string" && path !== "" ? `${path.length} characters` : describeValue(path);
    throw new ConfigurationError(`file(path): the path is ${found}; expected a string such as "photo.jpg"`);
  }
  const called = `file(${JSON.stringify(path)})`;
  if (typeof options !== "object" || options === null) {
    throw new ConfigurationError(`${called}: expected options such as { type: "image/png" }`);
  }
  const { name = basename(path), type, ...rest } = options;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new ConfigurationError(`${called}: unknown option "${unknown}"; there are name, type`);
  if (typeof name !== "string" || name === "")
    throw new ConfigurationError(`${called}: its name is empty or not a string`);
  const problem =
    type === undefined || typeof type === "string"
      ? defaultHeaderProblem("content-type", type ?? "")
      : "its type is not a string";
  if (problem !== null) throw new ConfigurationError(`${called}: ${problem}`);
  return new OpenedFile(name, type ?? mediaTypeOf(name), contentOf(path, called));
}

function contentOf(path: string, called: string): Content {
  const known = current.get(path);
  if (known !== undefined) return known;
  if (folder === null) {
    throw new ConfigurationError(`${called} is called too late: call it at the top level of the test file`);
  }
  const content = { size: 0, sha256: "", location: resolve(folder, path), modifiedMs: -1, bytes: null };
  inspect(content, called);
  current.set(path, content);
  if (current.size > maxFiles) throw new ConfigurationError(`${called}: a test can send at most ${maxFiles} files`);
  const total = [...current.values()].reduce((sum, { size }) => sum + size, 0);
  if (total <= maxFileBytes) return content;
  const others = total === content.size ? "" : `, ${megabytes(total)} with the other files of the test`;
  throw new ConfigurationError(
    `${called}: it has ${megabytes(content.size)}${others}; the files of a test can have ${megabytes(maxFileBytes)}, as every worker keeps them in memory`,
  );
}

/** Reads the file to get its length and hash, unless it has not changed. @throws ConfigurationError */
function inspect(content: Content, called: string): void {
  try {
    const descriptor = openSync(content.location, "r");
    try {
      const { size, mtimeMs } = fstatSync(descriptor);
      if (content.sha256 !== "" && size === content.size && mtimeMs === content.modifiedMs) return;
      Object.assign(content, { ...digestOf(descriptor), modifiedMs: mtimeMs, bytes: null });
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new ConfigurationError(`${called} ${unreadable(content.location, cause)}`, { cause });
  }
}

function digestOf(descriptor: number): { size: number; sha256: string } {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(readBytes);
  let size = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, size);
    if (count === 0) return { size, sha256: hash.digest("hex") };
    hash.update(buffer.subarray(0, count));
    size += count;
    if (size > maxFileBytes) throw new Error(`it has more than ${megabytes(maxFileBytes)}`);
  }
}

class OpenedFile implements TestFile {
  readonly name: string;
  readonly type: string;
  readonly #content: Content;

  constructor(name: string, type: string, content: Content) {
    this.name = name;
    this.type = type;
    this.#content = content;
    Object.freeze(this);
  }

  get size(): number {
    return this.#content.size;
  }

  get sha256(): string {
    return this.#content.sha256;
  }

  bytes(): Uint8Array {
    this.#content.bytes ??= readFileSync(this.#content.location);
    return this.#content.bytes;
  }
}

/** Whether a value was returned by `file()`. */
export function isTestFile(value: unknown): value is TestFile {
  return value instanceof OpenedFile;
}

/**
 * Loads a test and keeps the files that it opens. A test that is loaded again is not evaluated again: the files that it
 * opened then are inspected again.
 * @param from the folder that paths are relative to; null on a worker
 */
export async function openingFiles<Value>(
  test: string,
  from: string | null,
  load: () => Promise<Value>,
): Promise<Value> {
  folder = from;
  const known = byTest.get(test);
  current = known ?? new Map();
  byTest.set(test, current);
  if (from !== null) for (const [path, content] of current) inspect(content, `file(${JSON.stringify(path)})`);
  try {
    return await load();
  } finally {
    folder = null;
  }
}

/** Returns the files that a test has opened on this master, with their paths. */
export function locatedFiles(test: string): LocatedFile[] {
  return [...(byTest.get(test) ?? [])].map(([path, { location, size, sha256 }]) => ({ path, location, size, sha256 }));
}

/** Makes the files of a test available on a worker, before the test is loaded. Files of other tests are released. */
export function useFiles(test: string, shipped: readonly ShippedFile[]): void {
  for (const [other, files] of byTest) if (other !== test) for (const content of files.values()) content.bytes = null;
  const files = byTest.get(test) ?? new Map<string, Content>();
  byTest.set(test, files);
  for (const { path, sha256, bytes } of shipped) {
    const content = files.get(path);
    if (content === undefined) {
      files.set(path, { size: bytes.length, sha256, location: path, modifiedMs: 0, bytes });
    } else Object.assign(content, { size: bytes.length, sha256, bytes });
  }
}

/** Returns the content of a file with this hash if this process already has it; else null. */
export function heldFile(hash: string): Uint8Array | null {
  for (const files of byTest.values()) {
    for (const { sha256, bytes } of files.values()) if (sha256 === hash && bytes !== null) return bytes;
  }
  return null;
}

/**
 * Reads a piece of a file on the master. Bytes that the file no longer has are zeros: the worker then finds that the hash
 * differs, and reports it.
 */
export function readPiece({ location, size }: LocatedFile, offset: number, length: number): Uint8Array {
  const piece = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
  try {
    const descriptor = openSync(location, "r");
    try {
      for (let at = 0; at < piece.length; ) {
        const count = readSync(descriptor, piece, at, piece.length - at, offset + at);
        if (count === 0) break;
        at += count;
      }
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file was removed.
  }
  return piece;
}
