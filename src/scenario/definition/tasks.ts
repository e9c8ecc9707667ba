import { groupSeparator } from "../../core/group-path.ts";
import { isPlain, type TaskFlow, taskShares } from "../../core/population/task-flow.ts";
import { leaveTarget, type Transitions } from "../../core/population/transition-problems.ts";
import type { Pause } from "./pause.ts";
import type { VirtualUser } from "./virtual-user.ts";

interface TaskRules {
  /** The weight of the task among the tasks of its class or task set; default 1. */
  readonly weight?: number;
  /** Tags that `--tags` and `--exclude-tags` select tasks by. */
  readonly tags?: readonly string[];
  /** Whether each user runs the task at most once; default false. A user whose tasks have all run stops. */
  readonly once?: boolean;
}

export interface TaskDefinition<State extends object, Setup extends object = Record<string, unknown>>
  extends TaskRules {
  /** The number of iterations that run, one after another, each time that the task is chosen; default 1. */
  readonly repeat?: number;
  run(vu: VirtualUser<State, Setup>): unknown;
}

/**
 * A task of weight 1. The type comes from the method `run`, which is bivariant: classes with different states fit into one
 * list.
 */
export type TaskFunction<State extends object, Setup extends object = Record<string, unknown>> = TaskDefinition<
  State,
  Setup
>["run"];

/** How the tasks of a class, or of a task set, follow each other. */
export interface TaskOrderRules {
  /**
   * `random` (default): tasks are chosen by weight, and over many iterations their shares match the weights exactly.
   * `sequential`: tasks run in order.
   */
  readonly order?: "random" | "sequential";
  /**
   * Instead of `order`, a Markov chain: for each task, the weights of the tasks that may follow it, such as
   * `{ search: { view: 3, search: 1 }, view: { search: 1, leave: 2 } }`. In a task set, `leave` leaves it.
   */
  readonly transitions?: Transitions;
  /** The first task of `transitions`; default: the first of `tasks`. */
  readonly start?: string;
}

/**
 * A set of tasks that is itself a task of a class or of another set (Locust's `TaskSet`). Its tasks run one after another,
 * each as an iteration of its own.
 */
export interface TaskSetDefinition<State extends object, Setup extends object = Record<string, unknown>>
  extends TaskRules,
    TaskOrderRules {
  /**
   * How often the set runs each time that it is chosen; default 1. In random order, this is the number of its tasks that run,
   * else the number of rounds. "forever": until `vu.leave()`.
   */
  readonly repeat?: number | "forever";
  /** The pause after each of its tasks; default: the pause of the enclosing set, or of the class. */
  readonly pause?: Pause;
  readonly tasks: TaskList<State, Setup>;
}

/** Tasks and task sets by name. */
export type TaskList<State extends object, Setup extends object = Record<string, unknown>> = Readonly<
  Record<string, TaskDefinition<State, Setup> | TaskFunction<State, Setup> | TaskSetDefinition<State, Setup>>
>;

type Task = TaskList<object>[string];
type TaskSet = TaskSetDefinition<object>;
/** A class, or a task set. */
export type TaskOwner = TaskOrderRules & Pick<TaskSet, "tasks">;

/** A task of a class, whether or not it is in a task set. */
export interface ClassTask {
  /** The path of the task: the names of the enclosing task sets and its own name, such as "browse::search". */
  readonly name: string;
  /** Whether the task can run: false if its weight, or the weight of an enclosing task set, is 0. */
  readonly isUsed: boolean;
  /** The pause of the innermost task set that has one; undefined if the pause of the class applies. */
  readonly pause: Pause | undefined;
  run(vu: VirtualUser<object>): unknown;
}

export function isTaskSet(task: Task): task is TaskSet {
  return typeof task === "object" && "tasks" in task;
}

/** Returns the weight of a task among the tasks of its class or task set. */
export function weightOf(task: Task): number {
  return typeof task === "function" ? 1 : (task.weight ?? 1);
}

/**
 * Lists the tasks of a class, including those of task sets, in the order of the test. The number of a task is its position in
 * this list.
 */
export function classTasks(owner: TaskOwner): ClassTask[] {
  return tasksIn(owner, { path: "", isUsed: true, pause: undefined });
}

function tasksIn(
  owner: TaskOwner,
  around: Pick<ClassTask, "isUsed" | "pause"> & { readonly path: string },
): ClassTask[] {
  const hasWeights = owner.transitions === undefined;
  return Object.entries(owner.tasks).flatMap(([name, task]) => {
    const path = around.path + name;
    const isUsed = around.isUsed && (!hasWeights || weightOf(task) > 0);
    const { pause } = around;
    if (!isTaskSet(task)) {
      return [{ name: path, isUsed, pause, run: typeof task === "function" ? task : task.run.bind(task) }];
    }
    return tasksIn(task, { path: path + groupSeparator, isUsed, pause: task.pause ?? pause });
  });
}

/** Returns the tasks of a class with their expected shares, as weights. */
export function plannedTasks(owner: TaskOwner): { name: string; weight: number }[] {
  const tasks = classTasks(owner);
  const flow = flowOf(owner);
  if (isPlain(flow) && flow.order === "random") {
    return tasks.map(({ name }, position) => ({ name, weight: flow.members[position]?.weight ?? 0 }));
  }
  const shares = taskShares(flow, tasks.length);
  return tasks.map(({ name }, position) => ({ name, weight: shares[position] ?? 0 }));
}

/** Returns how the tasks of a valid class follow each other. */
export function flowOf(user: TaskOwner): TaskFlow {
  let position = 0;
  const flow = ({ order, transitions, start, tasks }: TaskOwner, repeat: number): TaskFlow => {
    const names = Object.keys(tasks);
    return {
      order: transitions === undefined ? (order ?? "random") : "markov",
      repeat,
      start: start === undefined ? 0 : names.indexOf(start),
      transitions: transitions === undefined ? [] : names.map((from) => rowOf(transitions[from] ?? {}, names)),
      members: Object.values(tasks).map((task) => {
        const { once = false, repeat: times = 1 } = typeof task === "function" ? {} : task;
        const count = times === "forever" ? Number.POSITIVE_INFINITY : times;
        const runs = isTaskSet(task) ? flow(task, count) : position++;
        return { weight: weightOf(task), once, repeat: typeof runs === "number" ? count : 1, runs };
      }),
    };
  };
  return flow(user, Number.POSITIVE_INFINITY);
}

function rowOf(weights: Readonly<Record<string, number>>, names: readonly string[]): number[] {
  return [...names, leaveTarget].map((to) => (Object.hasOwn(weights, to) ? (weights[to] ?? 0) : 0));
}
