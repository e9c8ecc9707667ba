import { ClassSequence, type ClassShare } from "../population/class-sequence.ts";
import { peak } from "../population/population.ts";
import type { Plan } from "./plan.ts";
import { closedTimeline, openTimeline, type Timeline, unknownTimeline } from "./plan-timeline.ts";

export interface PlannedClass extends ClassShare {
  readonly name: string;
  readonly tasks: readonly { readonly name: string; readonly weight: number }[];
}

/** The load of a scenario to plan: its plan, or the number of users and iterations. */
export type PlannedLoad =
  | { readonly kind: "closed"; readonly plan: Plan }
  | { readonly kind: "open"; readonly plan: Plan; readonly maxUsers: number }
  | { readonly kind: "iterations"; readonly plan: Plan; readonly iterations: number }
  | { readonly kind: "shape" }
  /** A capacity search by the master. */
  | { readonly kind: "search"; readonly searched: SearchRange; readonly maxUsers: number };

/** The range of a capacity search, in iterations per second or in users. */
export interface SearchRange {
  readonly unit: "rate" | "users";
  readonly start: number;
  readonly max: number;
  /** Users started per second between two trials; null for all at once, and for a search over rates. */
  readonly spawnRate: number | null;
  /** The time when the search ends, with or without an answer. */
  readonly deadlineMs: number;
}

export interface PlannedScenario {
  readonly name: string;
  readonly load: PlannedLoad;
  readonly classes: readonly PlannedClass[];
}

/** The plan of one scenario. */
export interface ScenarioReport {
  readonly name: string;
  readonly kind: PlannedLoad["kind"];
  /** The highest number of users; 0 for a shape function, whose load is not known in advance. */
  readonly peakUsers: number;
  /** The highest arrival rate per second; null unless the load is open or a search over rates. */
  readonly peakRatePerSecond: number | null;
  /** The range of the search; null for other loads. */
  readonly searched: SearchRange | null;
  /** The number of iterations; null unless the load is a fixed number of iterations. */
  readonly iterations: number | null;
  readonly classes: readonly ClassReport[];
  /** One moment per second from the start of the run. */
  readonly timeline: Timeline;
}

export interface ClassReport {
  readonly name: string;
  /** The number of users at the peak. */
  readonly users: number;
  /** The class's share of all users at the peak, or of all arrivals; 0..1. */
  readonly share: number;
  /** The tasks, each with its share of the class's iterations, 0..1. */
  readonly tasks: readonly { readonly name: string; readonly share: number }[];
}

/** Plans a scenario without running it, by the same class sequence and assignment that a run uses. */
export function scenarioReport({ name, load, classes }: PlannedScenario, workers: number): ScenarioReport {
  const sequence = new ClassSequence(classes);
  const users = "maxUsers" in load ? load.maxUsers : load.kind === "shape" ? 0 : peak(load.plan);
  const peakUsers = Math.min(users, sequence.limit);
  return {
    name,
    kind: load.kind,
    peakUsers,
    peakRatePerSecond: peakRateOf(load),
    searched: load.kind === "search" ? load.searched : null,
    iterations: load.kind === "iterations" ? load.iterations : null,
    classes: classReports(classes, sequence, peakUsers),
    timeline: timelineOf(load, classes.length, sequence, peakUsers, workers),
  };
}

function peakRateOf(load: PlannedLoad): number | null {
  if (load.kind === "search") return load.searched.unit === "rate" ? load.searched.max : null;
  return load.kind === "open" ? load.plan.points.reduce((most, point) => Math.max(most, point.value), 0) : null;
}

function classReports(classes: readonly PlannedClass[], sequence: ClassSequence, peakUsers: number): ClassReport[] {
  const counts = sequence.counts(peakUsers);
  const totalWeight = classes.reduce((sum, share) => sum + share.weight, 0);
  return classes.map(({ name, tasks, weight }, position) => {
    const users = counts[position] ?? 0;
    const weights = tasks.reduce((sum, task) => sum + task.weight, 0);
    return {
      name,
      users,
      share: peakUsers > 0 ? users / peakUsers : totalWeight > 0 ? weight / totalWeight : 0,
      tasks: tasks.map((task) => ({ name: task.name, share: weights === 0 ? 0 : task.weight / weights })),
    };
  });
}

function timelineOf(
  load: PlannedLoad,
  classCount: number,
  sequence: ClassSequence,
  peakUsers: number,
  workers: number,
): Timeline {
  switch (load.kind) {
    case "shape":
    case "search":
      return unknownTimeline;
    case "open":
      return openTimeline(load.plan, load.maxUsers, workers);
    case "closed":
    case "iterations":
      return closedTimeline(load.plan, sequence, classCount, peakUsers, workers);
  }
}
