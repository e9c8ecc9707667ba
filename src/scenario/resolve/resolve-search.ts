import { formatDuration, parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { type Search, shortestSettleMs, shortestTrialMs } from "../../core/plan/search.ts";
import { needsWholeRun } from "../../core/thresholds/expression.ts";
import { observedMetric } from "../../core/thresholds/metrics.ts";
import { type Targets, targetsToThresholds } from "../../core/thresholds/targets.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { CapacityLoad, CapacityOfArrivals } from "../definition/capacity-load.ts";
import type { PlainLoad } from "../definition/load.ts";
import { type ResolvedClosed, type ResolvedOpen, resolveLoad, secondsOf } from "./resolve-load.ts";

const defaultDeadline = "20m";
const defaultErrorRate = "1%";
const defaultTail = 95;

/** The targets that apply to a search. */
export interface SearchedTargets {
  /** The targets of the test and the profile. */
  readonly targets: Targets;
  readonly thresholds: readonly Threshold[];
  /** The targets of the command line. */
  readonly overrides: Targets | undefined;
}

/**
 * Resolves the options of a capacity search.
 * @throws ConfigurationError if the range of the search is empty or its options are not valid
 */
export function resolveSearch(
  load: CapacityLoad,
  { targets: given, thresholds, overrides }: SearchedTargets,
  runTimeMs: number | undefined,
): Search {
  const asked = [...targetsToThresholds({ ...given, ...load.slo, ...overrides }), ...thresholds];
  const all = asked.filter(isOfTrials);
  const hasFailures = all.some(({ selector }) => selector.metric.name === "failures");
  const targets = hasFailures ? all : [...all, ...targetsToThresholds({ errorRate: defaultErrorRate })];
  const limits = {
    targets,
    ignored: asked.filter((threshold) => !isOfTrials(threshold)),
    tailPercentile: targets.reduce((highest, one) => Math.max(highest, percentileOf(one)), 0) || defaultTail,
    deadlineMs: runTimeMs ?? parseDuration(load.deadline ?? defaultDeadline),
    timeScale: load.timeScale ?? 1,
  };
  if (load.kind === "capacity-users") {
    const { start, max, spawnRate = null } = load.users;
    requireAscending(start, max);
    requireTrial(limits, spawnRate === null ? 0 : Math.ceil((start / spawnRate) * 1_000));
    return { kind: "users", startUsers: start, maxUsers: max, spawnRate, ...limits };
  }
  const perSecond = ratesOf(load);
  requireAscending(load.start, load.max);
  requireTrial(limits, 0);
  const { atLeast } = load;
  if (atLeast !== undefined && atLeast > load.max) {
    throw new ConfigurationError(`findCapacity: atLeast is ${atLeast}, but no rate above max, ${load.max}, is tested`);
  }
  return { kind: "arrivals", ...perSecond, ...limits };
}

/**
 * Returns the load at the start of a search. It has no end, because the search ends it. Users and queue are sized for the
 * highest rate.
 */
export function searchedLoad(load: CapacityLoad): ResolvedOpen | ResolvedClosed {
  const endless = (value: number): Plan => ({
    points: [{ atMs: 0, value }],
    durationMs: Number.POSITIVE_INFINITY,
  });
  // The first trial starts the users, at the spawn rate.
  if (load.kind === "capacity-users")
    return { kind: "closed", plan: endless(load.users.spawnRate === undefined ? load.users.start : 0) };
  const { startPerSecond, maxPerSecond } = ratesOf(load);
  const { maxUsers } = load;
  const highest: PlainLoad = {
    kind: "open",
    rate: maxPerSecond,
    duration: "1s",
    ...(maxUsers === undefined ? {} : { maxUsers }),
  };
  return { ...(resolveLoad(highest, {}) as ResolvedOpen), plan: endless(startPerSecond) };
}

function ratesOf({ start, max, atLeast, per }: CapacityOfArrivals) {
  const seconds = secondsOf(per);
  return {
    startPerSecond: start / seconds,
    maxPerSecond: max / seconds,
    atLeastPerSecond: atLeast === undefined ? null : atLeast / seconds,
  };
}

function requireAscending(start: number, max: number): void {
  if (start > max) throw new ConfigurationError(`findCapacity: start is ${start}, but max only ${max}`);
}

/** Refuses a search that would end before its first trial. */
function requireTrial({ deadlineMs, timeScale }: Pick<Search, "deadlineMs" | "timeScale">, rampMs: number): void {
  const neededMs = rampMs + (shortestSettleMs + shortestTrialMs) * timeScale;
  if (deadlineMs >= neededMs) return;
  const [deadline, least] = [deadlineMs, neededMs].map(formatDuration);
  throw new ConfigurationError(`findCapacity: the deadline is ${deadline}, but the first trial takes ${least}`);
}

/**
 * Whether a threshold can judge a trial: totals and rates of a whole run cannot, nor can observed metrics, which are read
 * only every few seconds.
 */
function isOfTrials({ selector, expression }: Threshold): boolean {
  if (selector.metric.name === observedMetric || needsWholeRun(expression)) return false;
  return selector.metric.kind === "trend" || selector.metric.kind === "rate";
}

function percentileOf({ expression }: Threshold): number {
  const { aggregation } = expression;
  return aggregation.kind === "percentile" && aggregation.percentile < 100 ? aggregation.percentile : 0;
}
