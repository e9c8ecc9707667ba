import type { Distribution } from "../../report/result/result-schema.ts";

/** The distribution of times; null if it is of none, whose figures would all be 0. */
export function timed(distribution: Distribution | null): Distribution | null {
  return distribution === null || distribution.max === 0 ? null : distribution;
}
