import type { RunReport } from "../../report/model.ts";

export interface ClassRatio {
  /** Empty when there is one only. */
  readonly scenario: string;
  readonly name: string;
  /** Of its scenario, 0..1. */
  readonly planned: number;
  /** Of all users of its scenario at their peaks; null when none ran. */
  readonly actual: number | null;
  readonly peakUsers: number;
  readonly tasks: readonly { readonly name: string; readonly share: number }[];
}

export function classRatios({ classes, result }: RunReport): ClassRatio[] {
  const scenarios = new Set(classes.map(({ scenario }) => scenario));
  return classes.map(({ scenario, name, share, tasks }) => {
    const together = classes
      .filter((other) => other.scenario === scenario)
      .reduce((sum, other) => sum + (result.users[other.name] ?? 0), 0);
    const peakUsers = result.users[name] ?? 0;
    return {
      scenario: scenarios.size > 1 ? scenario : "",
      name,
      planned: share,
      actual: together === 0 ? null : peakUsers / together,
      peakUsers,
      tasks: tasks.toSorted((a, b) => b.share - a.share),
    };
  });
}
