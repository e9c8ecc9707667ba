const megabyte = 1024 * 1024;

/**
 * The size limit, in bytes, of imported files that are embedded in the code. Larger files are sent separately and unchanged.
 */
export const smallFileBytes = megabyte / 16;
/** The maximum size of all large files of a test, in bytes: each process keeps them in memory. */
export const maxDataBytes = 256 * megabyte;
/** The maximum number of large files of a test. */
export const maxDataParts = 1_000;

/** The specifier that modules of large files import. The loader resolves it to `data-values.ts`. */
export const dataModule = "muster-load/data";

/** An imported file that is sent separately from the code. */
export interface DataPart {
  /** SHA-256 of the bytes in hex. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** Formats a size for people: "31 MB". */
export function megabytes(bytes: number): string {
  return `${(bytes / megabyte).toFixed(bytes < 10 * megabyte ? 1 : 0)} MB`;
}
