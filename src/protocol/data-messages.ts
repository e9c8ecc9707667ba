import * as z from "zod";

/* What workers request from the master of the data sources of a test: the payloads and values of `request` and `response`. */

/** Positions in the sequence of a source's rows: first <= position < end. */
export const rowRanges = z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()]));

/** The payload of the request `data`: reports what became of rows, and asks for more. */
export const dataRequest = z.strictObject({
  source: z.string(),
  /** Positions whose rows were used. */
  used: rowRanges,
  /** Positions whose rows were used, and given back by the test. */
  back: rowRanges,
  /** Positions that the worker returns unused. */
  unused: rowRanges,
  /** How many rows were taken, of a source whose rows are not used once in the run. */
  taken: z.int().nonnegative(),
  /** How many rows are wanted; 0 for a report only. */
  want: z.int().nonnegative(),
});

/** The text of a row, or its number if the rows are in the test. */
const row = z.union([z.string(), z.int()]);

const rows = {
  rows: z.array(row),
  /** How the texts are to be read; null if the rows are in the test. */
  format: z.enum(["csv", "json"]).nullable(),
  /** For CSV: the text that names the columns. */
  head: z.string(),
};

/** The value of the response to `data`. */
export const dataResponse = z.strictObject({
  /** The positions that the worker holds from now on, each with one of `rows`. */
  ranges: rowRanges,
  /** No row is left for this worker. */
  isEmpty: z.boolean(),
  /** Others wait for rows: the worker should return those that it does not need now. */
  isWanted: z.boolean(),
  ...rows,
});

/** The payload of the request `rows`: reads rows by their numbers. Nothing is accounted for. */
export const rowsRequest = z.strictObject({
  source: z.string(),
  numbers: z.array(z.int().nonnegative()).max(1_000),
});

/** The value of the response to `rows`. */
export const rowsResponse = z.strictObject({
  ...rows,
  /** How many rows the source has. */
  count: z.int().positive(),
  /** The seed of its order. */
  seed: z.number(),
});

export type DataResponse = z.infer<typeof dataResponse>;
export type RowsResponse = z.infer<typeof rowsResponse>;
