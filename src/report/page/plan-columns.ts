import type { TimedSearchStep } from "../../analysis/capacity/search.ts";
import { steeredLine } from "../../core/plan/steered-line.ts";
import type { Steering } from "../../core/plan/steering.ts";
import type { RunFacts } from "../result/run-facts.ts";
import type { PlanColumns } from "./model.ts";
import { searchPlan } from "./search-plan.ts";

type PlannedFacts = Pick<RunFacts, "plan" | "plans" | "classes">;

/**
 * Returns the planned load of a run as of now: the plan at the start with the pauses and changes that users made, or the load
 * that a capacity search has set.
 */
export function planColumns(
  { plan, plans, classes }: PlannedFacts,
  steering: readonly Steering[],
  search: readonly TimedSearchStep[] = [],
): PlanColumns {
  if (search.length > 0) return searchPlan(search);
  if (steering.length === 0) return plan;
  const known = plans.length > 0 ? plans : onlyPlan({ plan, classes });
  if (known.length === 0) return plan;
  const { atMs, values, isEndless } = steeredLine(
    known.map(({ points, durationMs, ...one }) => {
      return { ...one, plan: { points, durationMs: durationMs ?? Number.POSITIVE_INFINITY } };
    }),
    steering,
  );
  const [users = null, ratePerSecond = null] = values;
  return { atMs, users, ratePerSecond, ...(isEndless ? { isEndless } : {}) };
}

/**
 * Returns the plan of the only scenario of an older run, which stores only the sum of all plans. Empty if it has several
 * scenarios, because the plans are then unknown.
 */
function onlyPlan({ plan: { atMs, users, ratePerSecond }, classes }: Omit<PlannedFacts, "plans">): RunFacts["plans"] {
  const values = users ?? ratePerSecond;
  const scenarios = new Set(classes.map(({ scenario }) => scenario));
  const [scenario] = scenarios;
  if (values === null || scenario === undefined || scenarios.size > 1) return [];
  const points = values.map((value, position) => ({ atMs: atMs[position] ?? 0, value }));
  return [{ scenario, kind: users === null ? "open" : "closed", points, durationMs: atMs.at(-1) ?? 0 }];
}
