import { ConfigurationError } from "../../core/errors.ts";
import type { TestDefinition } from "../definition/define.ts";
import { isTaskSet, type TaskOwner, weightOf } from "../definition/tasks.ts";
import { unknownName } from "./resolve-classes.ts";

type Task = TaskOwner["tasks"][string];

/** Selects tasks by their tags and the tags of their class. */
export interface TagSelection {
  /** Tasks need one of these tags to run; empty: all tasks run. */
  readonly tags: readonly string[];
  /** Tasks with one of these tags do not run. */
  readonly excludeTags: readonly string[];
}

export interface SelectedTest {
  readonly test: TestDefinition;
  /** The names of classes without a selected task: they have no users. */
  readonly leftOut: readonly string[];
}

/**
 * Returns the test with the selected tasks only. The order of the classes does not change; a class without a selected task
 * keeps its tasks.
 * @throws ConfigurationError if nothing in the test has one of the tags, or no task is left
 */
export function selectTasks(test: TestDefinition, { tags, excludeTags }: TagSelection): SelectedTest {
  if (tags.length === 0 && excludeTags.length === 0) return { test, leftOut: [] };
  const known = [...new Set(test.users.flatMap((user) => [...(user.tags ?? []), ...tagsIn(user)]))];
  for (const tag of [...tags, ...excludeTags]) if (!known.includes(tag)) throw unknownName("tag", tag, known);
  const leftOut: string[] = [];
  const isAsked = (own: readonly string[]) => {
    const has = (tag: string) => own.includes(tag);
    return (tags.length === 0 || tags.some(has)) && !excludeTags.some(has);
  };
  const users = test.users.map((user) => {
    const kept = selected(user, user.tags ?? [], isAsked, user.name);
    if (kept !== null) return { ...user, tasks: kept };
    leftOut.push(user.name);
    return user;
  });
  if (leftOut.length === users.length) throw new ConfigurationError("no task is left by --tags and --exclude-tags");
  return { test: { ...test, users }, leftOut };
}

/**
 * Returns the selected tasks of a class or a task set; null if none of them ever runs.
 * @param around the tags of the class and of the task sets around them
 * @throws ConfigurationError if only some of the tasks that transitions need are selected
 */
function selected(
  { tasks, transitions }: TaskOwner,
  around: readonly string[],
  isAsked: (tags: readonly string[]) => boolean,
  owner: string,
): TaskOwner["tasks"] | null {
  const kept = Object.entries(tasks).flatMap(([name, task]): [string, Task][] => {
    const tags = [...around, ...ownTags(task)];
    if (!isTaskSet(task)) return isAsked(tags) ? [[name, task]] : [];
    const inner = selected(task, tags, isAsked, name);
    return inner === null ? [] : [[name, { ...task, tasks: inner }]];
  });
  if (!kept.some(([, task]) => transitions !== undefined || weightOf(task) > 0)) return null;
  if (transitions === undefined || kept.length === Object.keys(tasks).length) return Object.fromEntries(kept);
  const gone = Object.keys(tasks).find((name) => !kept.some(([one]) => one === name));
  throw new ConfigurationError(
    `--tags and --exclude-tags leave out ${JSON.stringify(gone)}, which the transitions of ${owner} need: tag ${owner} as a whole`,
  );
}

function tagsIn({ tasks }: TaskOwner): string[] {
  return Object.values(tasks).flatMap((task) => [...ownTags(task), ...(isTaskSet(task) ? tagsIn(task) : [])]);
}

function ownTags(task: Task): readonly string[] {
  return typeof task === "function" ? [] : (task.tags ?? []);
}
