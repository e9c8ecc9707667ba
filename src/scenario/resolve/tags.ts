import { ConfigurationError } from "../../core/errors.ts";
import { type Task, type TestDefinition, type UserDefinition, weightOf } from "../definition/define.ts";
import { unknownName } from "./resolve-classes.ts";

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
 * Returns the test with the selected tasks only. The order of classes stays; a class without a selected task keeps its tasks.
 * @throws ConfigurationError if nothing in the test has one of the tags, or no task is left
 */
export function selectTasks(test: TestDefinition, { tags, excludeTags }: TagSelection): SelectedTest {
  if (tags.length === 0 && excludeTags.length === 0) return { test, leftOut: [] };
  const known = [...new Set(test.users.flatMap((user) => [...(user.tags ?? []), ...tasksOf(user).flatMap(ownTags)]))];
  for (const tag of [...tags, ...excludeTags]) if (!known.includes(tag)) throw unknownName("tag", tag, known);
  const leftOut: string[] = [];
  const users = test.users.map((user) => {
    const isAsked = (task: Task) => {
      const has = (tag: string) => ownTags(task).includes(tag) || (user.tags ?? []).includes(tag);
      return (tags.length === 0 || tags.some(has)) && !excludeTags.some(has);
    };
    const kept = Object.entries(user.tasks).filter(([, task]) => isAsked(task));
    if (kept.some(([, task]) => weightOf(task) > 0)) return { ...user, tasks: Object.fromEntries(kept) };
    leftOut.push(user.name);
    return user;
  });
  if (leftOut.length === users.length) throw new ConfigurationError("no task is left by --tags and --exclude-tags");
  return { test: { ...test, users }, leftOut };
}

function tasksOf(user: UserDefinition): Task[] {
  return Object.values(user.tasks);
}

function ownTags(task: Task): readonly string[] {
  return typeof task === "function" ? [] : (task.tags ?? []);
}
