import type { Plan } from "./plan.ts";
import { type PlanLine, planLine } from "./plan-sum.ts";
import { carriedPlan, type Steering } from "./steering.ts";

/** The plan of one scenario, as it was at the start of the run. */
export interface ScenarioPlan {
  readonly scenario: string;
  readonly kind: "closed" | "open" | "iterations";
  readonly plan: Plan;
}

/** The plans of a run, with all changes that people made while it ran. */
export interface SteeredLine extends PlanLine {
  /** Whether a plan has no end, as while the run is paused. */
  readonly isEndless: boolean;
}

/**
 * Applies the changes that people made to the plan of each scenario, and sums the plans.
 * @returns two groups of values: users, and iterations per second
 */
export function steeredLine(plans: readonly ScenarioPlan[], steering: readonly Steering[]): SteeredLine {
  const steered = plans.map((one) => ({ ...one, plan: steeredPlan(one, steering) }));
  const plansOf = (isOpen: boolean) =>
    steered.filter(({ kind }) => (kind === "open") === isOpen).map(({ plan }) => plan);
  const isEndless = steered.some(({ plan }) => !Number.isFinite(plan.durationMs));
  return { ...planLine([plansOf(false), plansOf(true)]), isEndless };
}

function steeredPlan({ scenario, kind, plan }: ScenarioPlan, steering: readonly Steering[]): Plan {
  const own = steering.filter((one) => one.scenario === undefined || one.scenario === scenario);
  if (kind === "iterations") return heldPlan(plan, own);
  return carriedPlan(plan, own, kind === "open" ? "rate" : "users").plan ?? plan;
}

/** Adds pauses to the plan of a fixed number of iterations. Its users remain during a pause, which only delays the end. */
function heldPlan(plan: Plan, steering: readonly Steering[]): Plan {
  let { durationMs } = plan;
  let heldSinceMs: number | null = null;
  for (const { kind, atMs } of steering) {
    if (kind === "pause" && heldSinceMs === null && atMs < durationMs) heldSinceMs = atMs;
    if (kind !== "resume" || heldSinceMs === null) continue;
    durationMs += atMs - heldSinceMs;
    heldSinceMs = null;
  }
  return { ...plan, durationMs: heldSinceMs === null ? durationMs : Number.POSITIVE_INFINITY };
}
