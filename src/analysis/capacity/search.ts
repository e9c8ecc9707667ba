import type { Search } from "../../core/plan/search.ts";
import { nextStep, type SearchStep } from "./next-step.ts";
import type { EndReason } from "./next-trial.ts";
import type { UserStep } from "./scalability-law.ts";
import { invalidTrialsInARow } from "./search-settings.ts";
import { isVoid, type SearchEvent, type UserTrial } from "./trial.ts";
import { trialLength } from "./trial-length.ts";

const factor = 1.5;
/** The gain in throughput over two steps below which the bend is passed. */
const leastGain = 1.02;
const stepsBeyondBend = 2;
/** The number of steps that a fit needs; see `fitScalability`. */
const fewestSteps = 6;

/**
 * Returns the number of users that a search over users tries next: half as many again at each step, until two steps bring
 * no more throughput; null at the end.
 *
 * @param steps the steps so far, in order
 */
export function nextUsers(steps: readonly UserStep[], startUsers: number, maxUsers: number): number | null {
  const last = steps.at(-1);
  if (last === undefined) return Math.min(startUsers, maxUsers);
  if (last.users >= maxUsers) return null;
  const best = (some: readonly UserStep[]) => Math.max(0, ...some.map(({ succeededPerSecond }) => succeededPerSecond));
  const beyond = best(steps.slice(-stepsBeyondBend)) < leastGain * best(steps.slice(0, -stepsBeyondBend));
  if (beyond && steps.length >= fewestSteps) return null;
  return Math.min(maxUsers, Math.ceil(last.users * factor));
}

export type AnySearchEvent = SearchEvent | UserTrial;

export type AnySearchStep =
  | SearchStep
  | {
      readonly kind: "users";
      readonly users: number;
      /** Users started per second; undefined for all at once. */
      readonly spawnRate?: number;
      readonly settleMs: number;
      readonly measureMs: number;
    };

/** A step and when it began, in ms since the start of the run. */
export interface TimedSearchStep {
  readonly atMs: number;
  readonly step: AnySearchStep;
}

/** Decides the next step of a search from its history: a pure function. */
export function nextOf(search: Search, events: readonly AnySearchEvent[], elapsedMs: number): AnySearchStep {
  if (search.kind === "users") return nextUserStep(search, userTrials(events), elapsedMs);
  return nextStep(search, rateEvents(events), elapsedMs);
}

export function rateEvents(events: readonly AnySearchEvent[]): SearchEvent[] {
  return events.filter((event) => event.kind !== "users");
}

export function userTrials(events: readonly AnySearchEvent[]): UserTrial[] {
  return events.filter((event) => event.kind === "users");
}

/** Converts the valid trials to steps of the scalability law. */
export function soundSteps(trials: readonly UserTrial[]): { users: number; succeededPerSecond: number }[] {
  return trials
    .filter(({ outcome }) => outcome.kind !== "invalid")
    .map(({ users, measurement }) => ({ users, succeededPerSecond: measurement.succeededPerSecond }));
}

function nextUserStep(
  { startUsers, maxUsers, spawnRate, timeScale, deadlineMs, tailPercentile }: Extract<Search, { kind: "users" }>,
  trials: readonly UserTrial[],
  elapsedMs: number,
): AnySearchStep {
  const last = trials.at(-1);
  const made = trials.filter((trial) => !isVoid(trial));
  const invalidInARow = made.length - 1 - made.findLastIndex(({ outcome }) => outcome.kind !== "invalid");
  if (invalidInARow >= invalidTrialsInARow) return end("generator-limited");
  const steps = soundSteps(trials);
  const users = nextUsers(steps, startUsers, maxUsers);
  if (users === null) return end(steps.at(-1)?.users === maxUsers ? "max" : "found");
  const p99Ms = last?.measurement.p99Ms ?? 0;
  const { settleMs, measureMs } = trialLength("bracket", users, { tailPercentile, p99Ms, timeScale });
  const added = users - (last?.users ?? 0);
  const rampMs = spawnRate === null ? 0 : Math.ceil((added / spawnRate) * 1_000);
  const length = { settleMs: rampMs + settleMs, measureMs };
  if (elapsedMs + length.settleMs + measureMs > deadlineMs) return end("deadline");
  return { kind: "users", users, ...(spawnRate === null ? {} : { spawnRate }), ...length };
}

function end(reason: EndReason): AnySearchStep {
  return { kind: "end", reason };
}
