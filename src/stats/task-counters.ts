import { type ClassTasks, overflowName } from "./interval-report.ts";

/** Tasks that one worker tells apart, of all classes and scenarios. */
const maxTasks = 1_000;

/** The executions of one class's tasks in one scenario since the last report; to count one is an addition in an array. */
export class TaskCounter {
  readonly scenario: string;
  readonly className: string;
  readonly names: readonly string[];
  /** So many of the names are told apart. */
  readonly named: number;
  readonly #executions: Float64Array;

  constructor(scenario: string, className: string, names: readonly string[], named: number) {
    this.scenario = scenario;
    this.className = className;
    this.names = names;
    this.named = named;
    this.#executions = new Float64Array(names.length);
  }

  /** @param task its position in `names` */
  count(task: number): void {
    this.#executions[task] = (this.#executions[task] as number) + 1;
  }

  /** Those that were executed. */
  list(): ClassTasks {
    const { scenario, className, names, named } = this;
    const tasks = names
      .slice(0, named)
      .map((name, task) => ({ name, executions: this.#executions[task] as number }))
      .filter(({ executions }) => executions > 0);
    return { scenario, className, tasks };
  }

  /** Of all tasks that are not told apart. */
  get overflow(): number {
    return this.#executions.subarray(this.named).reduce((sum, executions) => sum + executions, 0);
  }

  reset(): void {
    this.#executions.fill(0);
  }
}

/** The tasks of all classes that a worker runs. */
export class TaskCounters {
  readonly #counters = new Map<string, TaskCounter>();
  #named = 0;

  /** One for all users of the class in that scenario, for the whole run. @param tasks in the order of their positions */
  of(scenario: string, className: string, tasks: readonly { readonly name: string }[]): TaskCounter {
    const key = classKey(scenario, className);
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      const named = Math.min(tasks.length, maxTasks - this.#named);
      this.#named += named;
      const names = tasks.map(({ name }) => name);
      counter = new TaskCounter(scenario, className, names, named);
      this.#counters.set(key, counter);
    }
    return counter;
  }

  /** What was executed since the last reset. */
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

/** The same for no other scenario and class. */
export function classKey(scenario: string, className: string): string {
  return `${scenario.length} ${scenario} ${className}`;
}
