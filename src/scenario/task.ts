import type { TaskDefinition, TaskFunction } from "./definition/define.ts";

export type Task = TaskDefinition<object> | TaskFunction<object>;

/** Relative to the other tasks of its class. */
export function weightOf(task: Task): number {
  return typeof task === "function" ? 1 : (task.weight ?? 1);
}
