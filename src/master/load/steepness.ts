/** So much per second brings a value to `target` within `overMs`; Infinity for at once. A null value is the target already. */
export function slopeTo(value: number | null, target: number, overMs: number): number {
  const difference = Math.abs(target - (value ?? target));
  return difference === 0 || overMs === 0 ? Number.POSITIVE_INFINITY : (difference * 1_000) / overMs;
}

/** For JSON, which has no infinity; null is the spawn rate of the plan. */
export function spawnRateOf(perSecond: number | null): number | "at-once" | "plan" {
  if (perSecond === null) return "plan";
  return Number.isFinite(perSecond) ? perSecond : "at-once";
}
