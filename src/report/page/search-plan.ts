import type { AnySearchStep, TimedSearchStep } from "../../analysis/capacity/search.ts";
import type { PlanColumns } from "./model.ts";

interface Point {
  readonly atMs: number;
  readonly load: number;
}

/**
 * Returns the load that a capacity search has set so far, by trials and drains. Each step applies from when it began until the
 * next one. While the search is running, its last load continues.
 * @param steps in the order of time; at least one
 */
export function searchPlan(steps: readonly TimedSearchStep[]): PlanColumns {
  const points: Point[] = [];
  for (const { atMs, step } of steps) {
    const before = points.at(-1)?.load;
    if (before !== undefined) points.push({ atMs, load: before });
    if (step.kind !== "end") points.push(...changeTo(step, atMs, before));
  }
  const loads = points.map(({ load }) => load);
  const ofUsers = steps.some(({ step }) => step.kind === "users");
  return {
    atMs: points.map(({ atMs }) => atMs),
    users: ofUsers ? loads : null,
    ratePerSecond: ofUsers ? null : loads,
    ...(steps.at(-1)?.step.kind === "end" ? {} : { isEndless: true }),
  };
}

/** The points of a change. A rate changes at once, and so do users without a spawn rate. */
function changeTo(step: Exclude<AnySearchStep, { kind: "end" }>, atMs: number, before: number | undefined): Point[] {
  if (step.kind !== "users") return [{ atMs, load: step.ratePerSecond }];
  const { users: load, spawnRate } = step;
  if (spawnRate === undefined) return [{ atMs, load }];
  const from = before ?? 0;
  const ended = { atMs: atMs + (Math.abs(load - from) / spawnRate) * 1_000, load };
  return before === undefined ? [{ atMs, load: from }, ended] : [ended];
}
