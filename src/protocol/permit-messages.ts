import * as z from "zod";

/*
 * The request `permits` of a worker to the master, in a run with limits on requests (`maxRequests`, `maxRequestsPerSecond`,
 * `cost`).
 */

/** Reports used and returned permits, and requests more. */
export const permitRequest = z.strictObject({
  /** The number of permits that were used since the start of the run. */
  used: z.int().nonnegative(),
  /** The number of permits that were returned since the start of the run: no request needed them, or their time had passed. */
  unused: z.int().nonnegative(),
  /** The number of permits that the worker can use; 0 for only a report. */
  wanted: z.int().nonnegative().max(10_000),
});

/** The value of the response. */
export const permitResponse = z.strictObject({
  count: z.int().nonnegative(),
  /** When the first permit may be used, in ms since the start of the run, and the time between two permits. */
  firstMs: z.number(),
  everyMs: z.number().nonnegative(),
  /** Whether all requests of the run have been made. */
  isOver: z.boolean(),
});

export type PermitResponse = z.infer<typeof permitResponse>;

/*
 * A worker on the machine of the master counts the permits that it uses in a file, so that the number is known even if the
 * worker is killed. The file is in the folder of `prepare`, beside a Unix socket. The connection to the socket ends when the
 * process does.
 */

/** The name of the socket in the folder. */
export const tallySocket = "s";
/** A tally is one 64-bit floating-point number, big-endian. */
export const tallyBytes = 8;

/** Returns the line that a worker writes to the socket after creating its file. */
export function tallyLine(worker: number, file: string): string {
  return `${worker}/${file}\n`;
}

/** Parses a line of `tallyLine`; null if the text is not such a line. */
export function parseTallyLine(text: string): { readonly worker: number; readonly file: string } | null {
  const [, worker = "", file = ""] = /^(\d{1,9})\/([0-9a-f]{32})\n$/.exec(text) ?? [];
  return file === "" ? null : { worker: Number(worker), file };
}
