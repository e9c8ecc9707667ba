import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { HistogramFormatError } from "../stats/histogram/layout.ts";
import { StoreError, type StoreErrorCode } from "./store-error.ts";

/** How long a process waits for a transaction of another. */
export const busyTimeoutMs = 1_000;

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html. All others are `store-io`. */
const codeOfResult: Readonly<Record<number, StoreErrorCode>> = {
  3: "store-read-only", // PERM
  5: "store-locked", // BUSY
  6: "store-locked", // LOCKED
  8: "store-read-only", // READONLY
  11: "store-corrupt", // CORRUPT
  13: "store-full", // FULL
  19: "store-refused", // CONSTRAINT
  26: "store-not-a-store", // NOTADB
};

/** SQLite's CANTOPEN. */
const cannotOpen = 14;

/** Extended result codes that are more specific than their primary code. */
const codeOfExtendedResult: Readonly<Record<number, StoreErrorCode>> = {
  // READONLY_DBMOVED: the file was moved while it was in use.
  1032: "store-io",
  // IOERR_SHMSIZE: no space for the index of the write-ahead log.
  4874: "store-full",
};

const codeOfSystemError: Readonly<Record<string, StoreErrorCode>> = {
  EACCES: "store-read-only",
  EPERM: "store-read-only",
  EROFS: "store-read-only",
  ENOSPC: "store-full",
  EDQUOT: "store-full",
  ENOTDIR: "store-not-a-store",
  EEXIST: "store-not-a-store",
  EISDIR: "store-not-a-store",
};

const elsewhere = "choose another folder with --data-dir";

/**
 * Converts `error` to a StoreError for the store at `path`; returns `error` itself if it is a defect and not a fault of the
 * file.
 */
export function storageFault(error: unknown, path: string): unknown {
  if (isCannotOpen(error)) return whyNotOpened(error, path);
  const code = codeOf(error);
  return code === null ? error : storeError(code, path, (error as Error).message, error);
}

export function storeError(code: StoreErrorCode, path: string, detail: string, cause?: unknown): StoreError {
  return new StoreError(code, describe(code, path, detail), cause === undefined ? {} : { cause });
}

function isCannotOpen(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { errcode } = error as Error & { errcode?: unknown };
  return typeof errcode === "number" && (errcode & 0xff) === cannotOpen;
}

/**
 * Finds out why the file cannot be opened, which SQLite does not report. It does not open the file itself, because
 * closing it would release the locks that SQLite holds on it in this process.
 */
function whyNotOpened(error: Error, path: string): StoreError {
  try {
    accessSync(dirname(path), constants.W_OK);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) return storeError("store-not-a-store", path, "it is a folder", error);
    if (found !== undefined) accessSync(path, constants.W_OK);
    return storeError("store-io", path, error.message, error);
  } catch (reason) {
    return storeError(codeOf(reason) ?? "store-io", path, (reason as Error).message, error);
  }
}

function codeOf(error: unknown): StoreErrorCode | null {
  if (error instanceof HistogramFormatError || error instanceof SyntaxError) return "store-corrupt";
  if (!(error instanceof Error)) return null;
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number") {
    return codeOfExtendedResult[errcode] ?? codeOfResult[errcode & 0xff] ?? "store-io";
  }
  // A column has an integer that is larger than any counter of muster.
  if (code === "ERR_OUT_OF_RANGE") return "store-corrupt";
  const isSystemError = typeof code === "string" && "syscall" in error;
  return isSystemError ? (codeOfSystemError[code] ?? "store-io") : null;
}

function describe(code: StoreErrorCode, path: string, detail: string): string {
  switch (code) {
    case "store-not-a-store":
      return `${path} is not a muster store (${detail}): move it away or ${elsewhere}`;
    case "store-read-only":
      return `the store ${path} cannot be written (${detail}): make it writable or ${elsewhere}`;
    case "store-locked":
      return `the store ${path} has been locked by another process for ${busyTimeoutMs / 1_000} s: end that process or ${elsewhere}`;
    case "store-full":
      return `no space is left for the store ${path} (${detail}): free some or ${elsewhere}`;
    case "store-corrupt":
      return `the store ${path} is damaged (${detail}): move it away or ${elsewhere}`;
    case "store-too-new":
      return `the store ${path} was made by a newer version of muster (${detail}): use that version or ${elsewhere}`;
    case "store-io":
      return `the store ${path} cannot be used (${detail}): check the disk or ${elsewhere}`;
    case "store-refused":
      return `the store ${path} refused a write (${detail}): this is a defect of muster`;
    case "store-incomplete":
      return `the store ${path} has only a part of run ${detail}, because it failed during the run`;
    case "store-run-unknown":
      return `the store ${path} has no run ${detail}: \`muster runs\` lists its runs`;
    case "store-run-taken":
      return `another master carries out run ${detail} in the store ${path}: leave the run to it`;
  }
}
