const megabyte = 1024 * 1024;

/** An imported file above this is not written into the code of the bundle: it travels beside, as it is. */
export const smallFileBytes = megabyte / 16;
/** What a test may import of these, all together: each of its processes keeps it in memory. */
export const maxDataBytes = 256 * megabyte;
/** Files in one bundle. */
export const maxDataParts = 1_000;

/** What the modules of large files import. The loader answers it with `data-values.ts`. */
export const dataModule = "muster-load/data";

/** An imported file that travels beside the code. */
export interface DataPart {
  /** SHA-256 of its bytes, hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** For people: "31 MB". */
export function megabytes(bytes: number): string {
  return `${(bytes / megabyte).toFixed(bytes < 10 * megabyte ? 1 : 0)} MB`;
}
