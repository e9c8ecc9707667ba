import { assignWorkers } from "./assignment.ts";
import { ClassSequence, type ClassShare } from "./class-sequence.ts";
import type { Plan } from "./plan.ts";
import { peak, populationAt } from "./population.ts";

export interface PlannedClass extends ClassShare {
  readonly name: string;
  readonly tasks: readonly { readonly name: string; readonly weight: number }[];
}

export interface PlanReportInput {
  readonly test: string;
  readonly profile: string;
  readonly host: string;
  readonly plan: Plan;
  readonly classes: readonly PlannedClass[];
  /** As in the test: "metric: expression". */
  readonly thresholds: readonly string[];
  readonly workers: number;
}

/** What a run would do. `muster plan --json` prints it as it is. */
export interface PlanReport {
  readonly schema: "muster-plan/1";
  readonly test: string;
  readonly profile: string;
  readonly host: string;
  readonly durationMs: number;
  readonly peakUsers: number;
  readonly workers: number;
  readonly thresholds: readonly string[];
  readonly classes: readonly {
    readonly name: string;
    /** At the peak. */
    readonly users: number;
    /** Of all users at the peak, 0..1. */
    readonly share: number;
    /** Shares are of the class's own iterations, 0..1. */
    readonly tasks: readonly { readonly name: string; readonly share: number }[];
  }[];
  /** One moment a second, from the start. */
  readonly timeline: readonly {
    readonly second: number;
    readonly users: number;
    /** By worker: its users, and those of each class in the order of `classes`. */
    readonly workers: readonly { readonly users: number; readonly classes: readonly number[] }[];
  }[];
}

/** Works out a run without running it: the same sequence and assignment that a run uses. */
export function planReport(input: PlanReportInput): PlanReport {
  const { plan, classes, workers } = input;
  const sequence = new ClassSequence(classes);
  const peakUsers = Math.min(peak(plan), sequence.limit);
  const counts = sequence.counts(peakUsers);
  return {
    schema: "muster-plan/1",
    test: input.test,
    profile: input.profile,
    host: input.host,
    durationMs: plan.durationMs,
    peakUsers,
    workers,
    thresholds: input.thresholds,
    classes: classes.map(({ name, tasks }, position) => {
      const users = counts[position] ?? 0;
      const weights = tasks.reduce((sum, task) => sum + task.weight, 0);
      return {
        name,
        users,
        share: peakUsers === 0 ? 0 : users / peakUsers,
        tasks: tasks.map((task) => ({ name: task.name, share: weights === 0 ? 0 : task.weight / weights })),
      };
    }),
    timeline: timeline(input, sequence, peakUsers),
  };
}

function timeline(input: PlanReportInput, sequence: ClassSequence, peakUsers: number): PlanReport["timeline"] {
  const { plan, classes, workers } = input;
  const worker = assignWorkers((index) => sequence.classOf(index), classes.length, peakUsers, workers);
  const shares = Array.from({ length: workers }, () => ({ users: 0, classes: classes.map(() => 0) }));
  let population = 0;
  const change = (index: number, by: 1 | -1) => {
    const share = shares[worker[index] ?? 0];
    const userClass = sequence.classOf(index);
    if (share === undefined) return;
    share.users += by;
    share.classes[userClass] = (share.classes[userClass] ?? 0) + by;
  };
  return Array.from({ length: Math.ceil(plan.durationMs / 1_000) }, (_, second) => {
    const users = Math.min(populationAt(plan, second * 1_000), peakUsers);
    while (population < users) change(population++, 1);
    while (population > users) change(--population, -1);
    return { second, users, workers: shares.map((share) => ({ users: share.users, classes: [...share.classes] })) };
  });
}
