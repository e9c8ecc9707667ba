import { formatClock } from "../../core/duration.ts";
import { valueAt } from "../../core/plan/plan.ts";
import type { AskedOfRun } from "../result/baseline.ts";
import type { ComparedFacts } from "./compared-source.ts";

/** The parts of what a run was asked to do that a comparison checks. */
export const askedParts = ["test", "load", "host", "workers"] as const;
export type AskedPart = (typeof askedParts)[number];

/** A difference between what two runs were asked to do. Its effects are not a change of the service. */
export interface AskedDifference {
  readonly what: AskedPart;
  /** The difference as one sentence for the user. */
  readonly text: string;
  /** Whether the user wants the comparison despite this difference. */
  readonly isAccepted: boolean;
}

/**
 * Finds the differences between what two runs were asked to do. A fact that one side does not have, as in a file of another
 * tool, is skipped.
 */
export function askedDifferences(
  before: ComparedFacts,
  after: ComparedFacts,
  accepted: readonly AskedPart[] = [],
): AskedDifference[] {
  const differs = (what: AskedPart, title: string, of: (facts: ComparedFacts) => string | number | null) => {
    const [first, second] = [of(before), of(after)];
    if (first === null || second === null || first === second) return [];
    return [{ what, text: `the ${title} differs: ${first} before, ${second} after` }];
  };
  const found: Omit<AskedDifference, "isAccepted">[] = [
    ...differs("test", "test", ({ test }) => test),
    ...differs("test", "profile", ({ profile }) => profile),
    ...codeDifferences(before, after),
    ...loadDifferences(before, after),
    ...differs("host", "host", ({ host }) => host),
    ...certificateDifferences(before, after),
    ...differs("workers", "number of workers", ({ workers }) => workers),
  ];
  return found.map((one) => ({ ...one, isAccepted: accepted.includes(one.what) }));
}

/** Compares the code only of runs of the same version of muster: each version bundles the same code differently. */
function codeDifferences(before: ComparedFacts, after: ComparedFacts): Omit<AskedDifference, "isAccepted">[] {
  const [first, second] = [before.asked?.codeHash, after.asked?.codeHash];
  if (first === undefined || second === undefined || first === second) return [];
  if (before.musterVersion !== after.musterVersion || before.test !== after.test) return [];
  return [{ what: "test", text: "the code of the test differs" }];
}

/** Compares certificate checks: a run that accepts any certificate may have measured another service. */
function certificateDifferences(before: ComparedFacts, after: ComparedFacts): Omit<AskedDifference, "isAccepted">[] {
  if (before.asked === undefined || after.asked === undefined) return [];
  const [first, second] = [before.asked, after.asked].map(({ insecure }) => insecure?.join(", ") ?? "");
  if (first === second) return [];
  const shownAs = (insecure: string | undefined) => (insecure ? `any (${insecure})` : "only valid ones");
  return [
    { what: "host", text: `the accepted certificates differ: ${shownAs(first)} before, ${shownAs(second)} after` },
  ];
}

function loadDifferences(before: ComparedFacts, after: ComparedFacts): Omit<AskedDifference, "isAccepted">[] {
  const steered = [before, after].filter(({ asked }) => asked?.wasSteered === true);
  const texts = steered.map(({ id }) => `the load of ${id} was changed or paused while it ran`);
  if (before.asked !== undefined && after.asked !== undefined) {
    const plans = planDifferences(before.asked.plan, after.asked.plan);
    texts.push(...(plans.length > 0 ? plans : cutDifferences(before, after)));
    if (mixOf(before.asked) !== mixOf(after.asked)) texts.push("the mix of user classes or tasks differs");
  }
  return texts.map((text) => ({ what: "load", text }));
}

/** The number of equal time shares at which two plans are compared, so that runs of different length can be compared. */
const comparedShares = 200;
/**
 * The largest differences, relative to the peak, at which two loads are the same. They allow for rounding, and for the
 * same ramp in a longer run.
 */
const sameLoad = { peak: 0.01, mean: 0.03 };

type PlannedLoad = AskedOfRun["plan"];

/** Finds loads that follow the same plan but ended early: if the load rises, such a run has only its lower part. */
function cutDifferences(before: ComparedFacts, after: ComparedFacts): string[] {
  const carriedOut = [before, after].flatMap(({ asked, durationMs }) => {
    return asked === undefined ? [] : cutAt(asked.plan, durationMs ?? Number.POSITIVE_INFINITY);
  });
  const [first, second] = carriedOut;
  if (first === undefined || second === undefined || planDifferences(first, second).length === 0) return [];
  return [before, after].flatMap(({ id, asked, durationMs }) => {
    const plannedMs = asked?.plan.atMs.at(-1) ?? 0;
    if (durationMs === null || durationMs >= plannedMs) return [];
    return [`the load of ${id} ended early, after ${formatClock(durationMs)} of ${formatClock(plannedMs)}`];
  });
}

/** Returns the plan up to `endMs`. */
function cutAt({ atMs, users, ratePerSecond }: PlannedLoad, endMs: number): PlannedLoad {
  const kept = atMs.filter((time) => time < endMs);
  if (kept.length === atMs.length) return { atMs, users, ratePerSecond };
  const cut = (values: readonly number[] | null) =>
    values && [
      ...values.slice(0, kept.length),
      valueAt({ points: pointsOf({ atMs, values }), durationMs: endMs }, endMs),
    ];
  return { atMs: [...kept, endMs], users: cut(users), ratePerSecond: cut(ratePerSecond) };
}

function planDifferences(before: PlannedLoad, after: PlannedLoad): string[] {
  const units = [
    ["users", "users"],
    ["ratePerSecond", "iterations/s"],
  ] as const;
  return units.flatMap(([column, unit]) => {
    const [first, second] = [before, after].map((plan) => columnOf(plan, column));
    if (first === undefined || second === undefined) return [];
    if (first === null && second === null) return [];
    const [from, to] = [peakOf(first), peakOf(second)];
    const highest = Math.max(from, to);
    if (Math.abs(from - to) > sameLoad.peak * highest) {
      return [`the load differs: up to ${shown(from)} ${unit} before, ${shown(to)} after`];
    }
    const apart = Array.from({ length: comparedShares }, (_, part) => (part + 0.5) / comparedShares).map((share) =>
      Math.abs(levelAt(first, share) - levelAt(second, share)),
    );
    const isOther = apart.reduce((sum, one) => sum + one, 0) / comparedShares > sameLoad.mean * highest;
    return isOther ? [`the load differs over time: both have up to ${shown(from)} ${unit}`] : [];
  });
}

interface Column {
  readonly atMs: readonly number[];
  readonly values: readonly number[];
}

/** The column of a plan; null if the plan has no such load, undefined if the run had no plan, as in a search. */
function columnOf({ atMs, ...columns }: PlannedLoad, name: "users" | "ratePerSecond"): Column | null | undefined {
  if (columns.users === null && columns.ratePerSecond === null) return undefined;
  const values = columns[name];
  return values === null ? null : { atMs, values };
}

function peakOf(column: Column | null): number {
  return column === null ? 0 : Math.max(0, ...column.values);
}

function levelAt(column: Column | null, share: number): number {
  if (column === null) return 0;
  const points = pointsOf(column);
  const durationMs = points.at(-1)?.atMs ?? 0;
  return valueAt({ points, durationMs }, share * durationMs);
}

function pointsOf({ atMs, values }: Column) {
  return values.map((value, position) => ({ atMs: atMs[position] ?? 0, value }));
}

/** The shares of classes and of their tasks, in percent, as text. */
function mixOf({ classes }: AskedOfRun): string {
  const percent = (share: number) => Math.round(share * 100);
  return JSON.stringify(
    classes.map(({ scenario, name, share, tasks }) => {
      return [scenario, name, percent(share), tasks.map((task) => [task.name, percent(task.share)])];
    }),
  );
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
