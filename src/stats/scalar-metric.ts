/** A metric of the test that consists of a few numbers. (A trend is a series: it has samples.) */
export type ScalarMetric =
  | { readonly kind: "counter"; readonly sum: number }
  /** `count` of `total` values were true. */
  | { readonly kind: "rate"; readonly count: number; readonly total: number }
  /** `value` was set at `atMs` of the run. Of several values at the same time, the highest counts. */
  | {
      readonly kind: "gauge";
      readonly value: number;
      readonly min: number;
      readonly max: number;
      readonly atMs: number;
    };

/**
 * The sum of a counter for display and thresholds, with fractions rounded to 12 digits. The last digits depend on the order
 * in which windows are added, which differs between the store and the master's memory.
 */
export function countedSum({ sum }: Extract<ScalarMetric, { kind: "counter" }>): number {
  return Number.isSafeInteger(sum) ? sum : Number(sum.toPrecision(12));
}

/**
 * Merges two values; the order does not matter. If their kinds differ, which does not happen under one name in a run,
 * returns the first value.
 */
export function mergeScalars(a: ScalarMetric, b: ScalarMetric): ScalarMetric {
  if (a.kind === "counter" && b.kind === "counter") return { kind: "counter", sum: a.sum + b.sum };
  if (a.kind === "rate" && b.kind === "rate") {
    return { kind: "rate", count: a.count + b.count, total: a.total + b.total };
  }
  if (a.kind !== "gauge" || b.kind !== "gauge") return a;
  const isLater = b.atMs > a.atMs || (b.atMs === a.atMs && b.value > a.value);
  const { value, atMs } = isLater ? b : a;
  return { kind: "gauge", value, atMs, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
