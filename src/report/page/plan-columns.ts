import type { TimedSearchStep } from "../../analysis/capacity/search.ts";
import { steeredLine } from "../../core/plan/steered-line.ts";
import type { Steering } from "../../core/plan/steering.ts";
import type { RunFacts } from "../result/run-facts.ts";
import type { PlanColumns } from "./model.ts";
import { searchPlan } from "./search-plan.ts";

type PlannedFacts = Pick<RunFacts, "plan" | "plans" | "classes">;

/**
 * The load of a run as it is planned now: the plan at the start, with the pauses and changes that people made, or what a capacity
 * search has asked for.
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

/** An older run has the sum of all plans: that is the plan of its scenario if it has one. Otherwise no plan can be told. */
function onlyPlan({ plan: { atMs, users, ratePerSecond }, classes }: Omit<PlannedFacts, "plans">): RunFacts["plans"] {
  const values = users ?? ratePerSecond;
  const scenarios = new Set(classes.map(({ scenario }) => scenario));
  const [scenario] = scenarios;
  if (values === null || scenario === undefined || scenarios.size > 1) return [];
  const points = values.map((value, position) => ({ atMs: atMs[position] ?? 0, value }));
  return [{ scenario, kind: users === null ? "open" : "closed", points, durationMs: atMs.at(-1) ?? 0 }];
}
