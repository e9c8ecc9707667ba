import type { PlannedLoad, PlannedScenario } from "../core/plan/plan-report.ts";
import type { Search } from "../core/plan/search.ts";
import type { LoadedTest } from "../runner/load-test.ts";
import type { UserDefinition } from "../scenario/definition/define.ts";
import type { ResolvedLoad } from "../scenario/resolve/resolve-load.ts";
import { weightOf } from "../scenario/task.ts";

/** What the scenarios of a test are to do, as plans, classes and tasks. */
export function plannedScenarios({ test, resolved }: Pick<LoadedTest, "test" | "resolved">): PlannedScenario[] {
  return resolved.scenarios.map(({ name, load, classes }) => ({
    name,
    load: plannedLoad(load, resolved.search),
    classes: classes.map((share, position) => ({ ...share, tasks: tasksOf(test.users[position]) })),
  }));
}

function plannedLoad(load: ResolvedLoad, search: Search | null): PlannedLoad {
  if (search?.kind === "arrivals" && load.kind === "open") {
    const { startPerSecond: start, maxPerSecond: max, deadlineMs } = search;
    return {
      kind: "search",
      searched: { unit: "rate", start, max, spawnRate: null, deadlineMs },
      maxUsers: load.maxUsers,
    };
  }
  if (search?.kind === "users") {
    const { startUsers: start, maxUsers: max, spawnRate, deadlineMs } = search;
    return { kind: "search", searched: { unit: "users", start, max, spawnRate, deadlineMs }, maxUsers: max };
  }
  switch (load.kind) {
    case "closed":
      return { kind: "closed", plan: load.plan };
    case "open":
      return { kind: "open", plan: load.plan, maxUsers: load.maxUsers };
    case "iterations": {
      const { users, count, startMs, endMs } = load;
      const iterations = "total" in count ? count.total : count.perUser * users;
      return { kind: "iterations", iterations, plan: { points: [{ atMs: startMs, value: users }], durationMs: endMs } };
    }
    case "shape":
      return { kind: "shape" };
  }
}

function tasksOf(user: UserDefinition | undefined): { name: string; weight: number }[] {
  return Object.entries(user?.tasks ?? {}).map(([name, task]) => ({ name, weight: weightOf(task) }));
}
