import type { Distribution } from "../../report/result/result-schema.ts";

/** Returns the distribution; null if it has no times, because all its figures would be 0. */
export function timed(distribution: Distribution | null): Distribution | null {
  return distribution === null || distribution.max === 0 ? null : distribution;
}
