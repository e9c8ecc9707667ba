import type { RunReport } from "../../report/page/model.ts";

export interface ClassRatio {
  /** The scenario; empty in a run of one scenario. */
  readonly scenario: string;
  readonly name: string;
  /** The planned share of the users of its scenario, 0 to 1. */
  readonly planned: number;
  /** The actual share, by peak numbers of users; null if its scenario had no users. */
  readonly actual: number | null;
  readonly peakUsers: number;
  /** The executions of all its tasks; null in older results, which do not contain them. */
  readonly executions: number | null;
  readonly tasks: readonly TaskRatio[];
}

export interface TaskRatio {
  readonly name: string;
  /** The planned share of the iterations of its class, 0 to 1. */
  readonly planned: number;
  /** The actual share of the executions of its class; null without executions. */
  readonly actual: number | null;
  readonly executions: number | null;
}

/** The planned and actual shares of the user classes of a run and of their tasks. */
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

/** Returns the executions by task; null if the result does not contain them. */
function executionsOf({ tasks }: RunReport["result"], scenario: string, name: string): Map<string, number> | null {
  if (tasks === undefined) return null;
  const ofClass = tasks.find((one) => one.scenario === scenario && one.className === name)?.tasks ?? [];
  return new Map(ofClass.map((task) => [task.name, task.executions]));
}
