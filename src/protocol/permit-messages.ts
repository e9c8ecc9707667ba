import * as z from "zod";

/* What a worker of a run with limits on requests (`maxRequests`, `maxRequestsPerSecond`, `cost`) requests from the master under the name `permits`. */

/** Reports what became of permits, and requests more. */
export const permitRequest = z.strictObject({
  /** Permits that were used, since the start of the run. */
  used: z.int().nonnegative(),
  /** Permits that the worker has returned since then: it had no request for them, or their time had passed. */
  unused: z.int().nonnegative(),
  /** How many it can use; 0 for a report only. */
  wanted: z.int().nonnegative().max(10_000),
});

/** The value of the response. */
export const permitResponse = z.strictObject({
  count: z.int().nonnegative(),
  /** When the first may be used, in ms since the start of the run, and the time between two. */
  firstMs: z.number(),
  everyMs: z.number().nonnegative(),
  /** Whether all requests of the run have been made. */
  isOver: z.boolean(),
});

export type PermitResponse = z.infer<typeof permitResponse>;

/* A worker on the machine of the master counts the permits that it uses in a file, so that this is known when it has been killed. The
   file is in the folder of `prepare`, beside a Unix socket; the connection to it ends when the process does. */

/** The socket in the folder. */
export const tallySocket = "s";
/** A tally is one 64-bit floating-point number, big-endian. */
export const tallyBytes = 8;

/** What a worker writes to the socket when it has made its file. */
export function tallyLine(worker: number, file: string): string {
  return `${worker}/${file}\n`;
}

/** Null if it is not such a line. */
export function parseTallyLine(text: string): { readonly worker: number; readonly file: string } | null {
  const [, worker = "", file = ""] = /^(\d{1,9})\/([0-9a-f]{32})\n$/.exec(text) ?? [];
  return file === "" ? null : { worker: Number(worker), file };
}
