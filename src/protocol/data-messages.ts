import * as z from "zod";

/* Requests of workers about the data sources of a test: the payloads of `request` and the values of `response`. */

/** Positions in the sequence of a source's rows: first <= position < end. */
export const rowRanges = z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()]));

/** The payload of the request `data`: reports the rows that were used or returned, and requests more. */
export const dataRequest = z.strictObject({
  source: z.string(),
  /** Positions whose rows were used. */
  used: rowRanges,
  /** Positions whose rows were used, and given back by the test. */
  back: rowRanges,
  /** Positions that the worker returns unused. */
  unused: rowRanges,
  /** The number of rows that were taken from a source whose rows can be used more than once in the run. */
  taken: z.int().nonnegative(),
  /** The number of rows that are wanted; 0 for only a report. */
  want: z.int().nonnegative(),
});

/** The text of a row, or its number if the rows are in the test. */
const row = z.union([z.string(), z.int()]);

const rows = {
  rows: z.array(row),
  /** The format of the texts; null if the rows are in the test. */
  format: z.enum(["csv", "json"]).nullable(),
  /** The text that names the columns of a CSV file. */
  head: z.string(),
};

/** The value of the response to `data`. */
export const dataResponse = z.strictObject({
  /** The positions that the worker holds from now on, each with one of `rows`. */
  ranges: rowRanges,
  /** Whether no row is left for this worker. */
  isEmpty: z.boolean(),
  /** Whether other workers wait for rows. If so, this worker should return the rows that it does not need now. */
  isWanted: z.boolean(),
  ...rows,
});

/** The payload of the request `rows`: reads rows by their numbers. The master does not account for these rows. */
export const rowsRequest = z.strictObject({
  source: z.string(),
  numbers: z.array(z.int().nonnegative()).max(1_000),
});

/** The value of the response to `rows`. */
export const rowsResponse = z.strictObject({
  ...rows,
  /** The number of rows in the source. */
  count: z.int().positive(),
  /** The seed of the order of the rows. */
  seed: z.number(),
});

export type DataResponse = z.infer<typeof dataResponse>;
export type RowsResponse = z.infer<typeof rowsResponse>;
