import { type ClassTasks, overflowName } from "./interval-report.ts";
import { classKey } from "./task-counters.ts";

/** Distinct tasks that are kept apart; the workers have a cap of their own, but not in common. */
const maxTasks = 2_000;

interface OpenClass {
  readonly scenario: string;
  readonly className: string;
  readonly executions: Map<string, number>;
}

/** How often every task of a run was executed. */
export class TaskTotals {
  readonly #classes = new Map<string, OpenClass>();
  #named = 0;

  add({ scenario, className, tasks }: ClassTasks): void {
    const key = classKey(scenario, className);
    for (const { name, executions } of tasks) {
      const isOverflow = scenario === "" && className === "" && name === overflowName;
      if (!isOverflow && this.#classes.get(key)?.executions.has(name) !== true) {
        if (this.#named === maxTasks) {
          this.add({ scenario: "", className: "", tasks: [{ name: overflowName, executions }] });
          continue;
        }
        this.#named++;
      }
      const counts = this.#class(key, scenario, className).executions;
      counts.set(name, (counts.get(name) ?? 0) + executions);
    }
  }

  merge(other: TaskTotals): void {
    for (const one of other.list()) this.add(one);
  }

  /** Whether some were counted together because there were too many. */
  get hasOverflow(): boolean {
    return this.list().some(({ scenario, className }) => scenario === "" && className === "");
  }

  /** In the order in which they came. */
  list(): ClassTasks[] {
    return [...this.#classes.values()].map(({ scenario, className, executions }) => ({
      scenario,
      className,
      tasks: [...executions].map(([name, count]) => ({ name, executions: count })),
    }));
  }

  #class(key: string, scenario: string, className: string): OpenClass {
    let found = this.#classes.get(key);
    if (found === undefined) {
      found = { scenario, className, executions: new Map() };
      this.#classes.set(key, found);
    }
    return found;
  }
}
