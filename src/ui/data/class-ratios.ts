import type { RunReport } from "../../report/page/model.ts";

export interface ClassRatio {
  /** Empty when there is one only. */
  readonly scenario: string;
  readonly name: string;
  /** Of its scenario, 0..1. */
  readonly planned: number;
  /** Of all users of its scenario at their peaks; null when none ran. */
  readonly actual: number | null;
  readonly peakUsers: number;
  /** Of all its tasks; null when nobody has counted them: in a result of before that was done. */
  readonly executions: number | null;
  readonly tasks: readonly TaskRatio[];
}

export interface TaskRatio {
  readonly name: string;
  /** Of the class's iterations, 0..1. */
  readonly planned: number;
  /** Of the class's executions; null when there were none. */
  readonly actual: number | null;
  readonly executions: number | null;
}

export function classRatios({ classes, result }: RunReport): ClassRatio[] {
  const scenarios = new Set(classes.map(({ scenario }) => scenario));
  return classes.map(({ scenario, name, share, tasks }) => {
    const together = classes
      .filter((other) => other.scenario === scenario)
      .reduce((sum, other) => sum + (result.users[other.name] ?? 0), 0);
    const peakUsers = result.users[name] ?? 0;
    const counts = executionsOf(result, scenario, name);
    const executions = [...(counts?.values() ?? [])].reduce((sum, count) => sum + count, 0);
    const executionsOfTask = (task: string) => (counts === null ? null : (counts.get(task) ?? 0));
    return {
      scenario: scenarios.size > 1 ? scenario : "",
      name,
      planned: share,
      actual: together === 0 ? null : peakUsers / together,
      peakUsers,
      executions: counts === null ? null : executions,
      tasks: tasks
        .toSorted((a, b) => b.share - a.share)
        .map((task) => ({
          name: task.name,
          planned: task.share,
          actual: executions === 0 ? null : (executionsOfTask(task.name) ?? 0) / executions,
          executions: executionsOfTask(task.name),
        })),
    };
  });
}

/** By task; null when they were not counted. */
function executionsOf({ tasks }: RunReport["result"], scenario: string, name: string): Map<string, number> | null {
  if (tasks === undefined) return null;
  const ofClass = tasks.find((one) => one.scenario === scenario && one.className === name)?.tasks ?? [];
  return new Map(ofClass.map((task) => [task.name, task.executions]));
}
