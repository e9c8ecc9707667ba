import type { Plan } from "./plan.ts";
import { firstSpawnRate, type PlanPause, SteeredPlan } from "./steered-plan.ts";

/**
 * A change that a person made to the load while it ran. `atMs` is the time when it took effect, in ms since the start of
 * the run. `scenario` is the scenario that it changed; a pause applies to all scenarios.
 */
export type Steering = { readonly atMs: number; readonly scenario?: string } & (
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | {
      readonly kind: "users" | "rate";
      readonly target: number;
      /** The change per second; `plan` is the spawn rate of the plan. If it is absent, at once. */
      readonly perSecond?: number | "plan" | "at-once";
    }
);

/** The actual course of a load: its plan, with the pauses and changes that people made while it ran. */
export interface CarriedPlan {
  /** The plan with all changes; null if there was no plan. */
  readonly plan: Plan | null;
  readonly pauses: readonly PlanPause[];
  /** The times at which the number of users or the rate was set. From then on the plan was not carried out. */
  readonly changedMs: readonly number[];
  /** The time at which a moment of the plan was reached; Infinity if a pause before it did not end. */
  runMs(plannedMs: number): number;
}

/**
 * Applies the changes that people made while a load ran to its plan.
 * @param plan null for a load without a plan
 * @param kind what the plan gives over time: users, which start at the spawn rate after a pause, or arrivals per second
 */
export function carriedPlan(
  plan: Plan | null,
  steering: readonly Steering[],
  kind: "users" | "rate" = "rate",
): CarriedPlan {
  const steered = new SteeredPlan(plan ?? { points: [], durationMs: Number.POSITIVE_INFINITY });
  for (const one of steering) apply(one, steered, kind);
  const { pauses } = steered;
  const changedMs = steering.flatMap((one) => ("target" in one ? [one.atMs] : []));
  return {
    plan: plan === null ? null : steered.current,
    pauses,
    changedMs,
    runMs: (plannedMs) =>
      pauses.reduce((atMs, { fromMs, toMs }) => (atMs >= fromMs ? atMs + (toMs - fromMs) : atMs), plannedMs),
  };
}

function apply(one: Steering, steered: SteeredPlan, kind: "users" | "rate"): void {
  if (one.kind === "pause") steered.pause(one.atMs);
  else if (one.kind === "resume") {
    steered.resume(one.atMs, kind === "users" ? firstSpawnRate(steered.current) : Number.POSITIVE_INFINITY);
  } else {
    const { perSecond = "at-once" } = one;
    const slope = perSecond === "plan" ? firstSpawnRate(steered.current) : perSecond;
    steered.rampTo(one.target, one.atMs, slope === "at-once" ? Number.POSITIVE_INFINITY : slope);
  }
}
