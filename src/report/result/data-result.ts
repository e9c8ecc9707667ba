import * as z from "zod";
import type { SharedRecord } from "../../store/batch.ts";
import type { DataResult } from "./result-schema.ts";
import type { DataUse } from "./run-data.ts";

const range = z.tuple([z.number(), z.number()]);

/** The stored state of a data source, as a master writes it. */
const storedSource = z.object({
  rows: z.number(),
  isOnce: z.boolean(),
  /** The first position that was never given to a worker. */
  next: z.number(),
  back: z.array(range),
  used: z.number(),
});

/** Reads from the store how the rows of the data sources were used, in the order of the sources' names. */
export function storedData(shared: readonly SharedRecord[]): DataUse[] {
  const held = shared.flatMap(({ scope, key, value }) => {
    if (scope !== "data-held") return [];
    const [name] = z.tuple([z.string(), z.string()]).parse(JSON.parse(key));
    return { name, rows: sizeOf(z.array(range).parse(value)) };
  });
  return shared.flatMap(({ scope, key: name, value }) => {
    if (scope !== "data") return [];
    const { rows, isOnce, next, back, used } = storedSource.parse(value);
    const uncertain = held.reduce((sum, one) => sum + (one.name === name ? one.rows : 0), 0);
    return { name, rows, isOnce, used, unused: isOnce ? rows - next + sizeOf(back) : 0, uncertain };
  });
}

export function dataResult({ name, rows, isOnce, used, unused, uncertain }: DataUse): DataResult {
  return { name, rows, used, ...(isOnce ? { unused, uncertain } : {}) };
}

function sizeOf(ranges: readonly z.infer<typeof range>[]): number {
  return ranges.reduce((sum, [first, end]) => sum + end - first, 0);
}
