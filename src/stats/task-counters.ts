import { type ClassTasks, overflowName } from "./interval-report.ts";

/** The number of distinct tasks that are counted separately; each worker has its own cap. */
const maxTasksOfRun = 2_000;

interface OpenClass {
  readonly scenario: string;
  readonly className: string;
  readonly executions: Map<string, number>;
}

/** The executions of every task of a run. */
export class TaskTotals {
  readonly #classes = new Map<string, OpenClass>();
  #named = 0;

  add({ scenario, className, tasks }: ClassTasks): void {
    const key = classKey(scenario, className);
    for (const { name, executions } of tasks) {
      const isOverflow = scenario === "" && className === "" && name === overflowName;
      if (!isOverflow && this.#classes.get(key)?.executions.has(name) !== true) {
        if (this.#named === maxTasksOfRun) {
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

  /** Whether some tasks were counted together because there were too many. */
  get hasOverflow(): boolean {
    return this.list().some(({ scenario, className }) => scenario === "" && className === "");
  }

  /** Lists the tasks in order of arrival. */
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

/** The number of tasks of all classes and scenarios that one worker counts separately. */
const maxTasksOfReport = 1_000;

/** The executions of one class's tasks in one scenario since the last report; counting is an addition in an array. */
export class TaskCounter {
  readonly scenario: string;
  readonly className: string;
  readonly names: readonly string[];
  /** The number of tasks, from the first, that are counted separately. */
  readonly named: number;
  readonly #executions: Float64Array;

  constructor(scenario: string, className: string, names: readonly string[], named: number) {
    this.scenario = scenario;
    this.className = className;
    this.names = names;
    this.named = named;
    this.#executions = new Float64Array(names.length);
  }

  /** @param task the position of the task in `names` */
  count(task: number): void {
    this.#executions[task] = (this.#executions[task] as number) + 1;
  }

  /** Lists the tasks that were executed. */
  list(): ClassTasks {
    const { scenario, className, names, named } = this;
    const tasks = names
      .slice(0, named)
      .map((name, task) => ({ name, executions: this.#executions[task] as number }))
      .filter(({ executions }) => executions > 0);
    return { scenario, className, tasks };
  }

  /** The executions of all tasks that are not counted separately. */
  get overflow(): number {
    return this.#executions.subarray(this.named).reduce((sum, executions) => sum + executions, 0);
  }

  reset(): void {
    this.#executions.fill(0);
  }
}

/** The task counters of all classes that a worker runs. */
export class TaskCounters {
  readonly #counters = new Map<string, TaskCounter>();
  #named = 0;

  /**
   * Returns the counter for all users of the class in that scenario, for the whole run. @param tasks in the order of their
   * positions
   */
  of(scenario: string, className: string, tasks: readonly { readonly name: string }[]): TaskCounter {
    const key = classKey(scenario, className);
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      const named = Math.min(tasks.length, maxTasksOfReport - this.#named);
      this.#named += named;
      const names = tasks.map(({ name }) => name);
      counter = new TaskCounter(scenario, className, names, named);
      this.#counters.set(key, counter);
    }
    return counter;
  }

  /** Lists the executions since the last reset. */
  list(): ClassTasks[] {
    const counters = [...this.#counters.values()];
    const executions = counters.reduce((sum, { overflow }) => sum + overflow, 0);
    const overflow = { scenario: "", className: "", tasks: [{ name: overflowName, executions }] };
    const named = counters.map((counter) => counter.list()).filter(({ tasks }) => tasks.length > 0);
    return executions === 0 ? named : [...named, overflow];
  }

  reset(): void {
    for (const counter of this.#counters.values()) counter.reset();
  }
}

/** A key that is unique per scenario and class. */
function classKey(scenario: string, className: string): string {
  return `${scenario.length} ${scenario} ${className}`;
}
