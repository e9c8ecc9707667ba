import { median } from "../statistics/median.ts";
import { type Bracket, bracketOf, reopeningProbes, type TestedRate, testedRates } from "./bracket.ts";
import { kneeOf } from "./knee.ts";
import type { EndReason } from "./next-trial.ts";
import type { Drain, SearchEvent, Trial, TrialFailure } from "./trial.ts";

/**
 * The behaviour of the service above its capacity. `plateau`: the throughput stays the same and response times grow;
 * `collapse`: the throughput falls; `error-cliff`: it rejects the excess quickly; `inconsistent`: it held a higher rate
 * than one at which it had failed.
 */
export type Overload = "plateau" | "collapse" | "error-cliff" | "inconsistent";

const keptShare = 0.9;
/** A lower error rate is part of any overload. */
const cliffErrorRate = 0.05;
/**
 * The limit of the p95, relative to the one at capacity, up to which errors are rejections and not the result of waiting.
 */
const quickFactor = 2;

/**
 * Classifies the behaviour above the capacity.
 * @param probe a trial above the lowest rate that failed
 * @param held trials that passed at the capacity, at least one
 */
export function overloadOf(probe: Trial, held: readonly Trial[]): Overload | null {
  if (probe.outcome.kind === "invalid") return null;
  if (probe.outcome.kind === "passed") return "inconsistent";
  const { errorRate, p95Ms, succeededPerSecond } = probe.measurement;
  const usual = (value: (trial: Trial) => number) => median(held.map(value));
  const quick = p95Ms <= quickFactor * usual(({ measurement }) => measurement.p95Ms);
  if (errorRate >= cliffErrorRate && quick) return "error-cliff";
  const before = usual(({ measurement }) => measurement.succeededPerSecond);
  return succeededPerSecond >= keptShare * before ? "plateau" : "collapse";
}

/** The largest number of `contradictions` that chance may explain. */
const mostContradictions = 2;
/**
 * The factor below which a rate is clearly lower than another. Trials at closer rates differ by chance: the service is at
 * its limit there.
 */
const clearlyLower = 0.9;

/** Returns the failures at rates clearly lower than a rate that had passed before: the service has become slower, or varies. */
function contradictions(trials: readonly Trial[]): Trial[] {
  let highest = 0;
  const found: Trial[] = [];
  for (const trial of trials) {
    const { ratePerSecond, outcome } = trial;
    if (outcome.kind === "passed") highest = Math.max(highest, ratePerSecond);
    else if (outcome.kind === "failed" && ratePerSecond < clearlyLower * highest) found.push(trial);
  }
  return found;
}

export type Capacity =
  /** The service holds `ratePerSecond` and fails at `failsAtPerSecond`, at most 5 % higher. */
  | { readonly kind: "found"; readonly ratePerSecond: number; readonly failsAtPerSecond: number }
  /**
   * The service holds `ratePerSecond`, and maybe more: the search ended early. `failsAtPerSecond` is null if no rate
   * failed.
   */
  | {
      readonly kind: "at-least";
      readonly ratePerSecond: number;
      readonly failsAtPerSecond: number | null;
      readonly because: "max" | "deadline" | "generator-limited" | "stopped";
    }
  /** No tested rate held; `ratePerSecond` is the lowest one. */
  | { readonly kind: "below"; readonly ratePerSecond: number }
  | { readonly kind: "unknown" };

export interface CapacityReport {
  readonly capacity: Capacity;
  /** Whether the capacity passed a trial of three times the usual length. */
  readonly confirmed: boolean;
  /** The failures at the lowest rate that failed, the most frequent first; empty if nothing failed. */
  readonly firstBroken: readonly TrialFailure[];
  /** The behaviour above the capacity; null if no probe was made. */
  readonly overload: Overload | null;
  readonly kneePerSecond: number | null;
  /**
   * The highest rate of successful requests, and the arrival rate at which it was measured; null if nothing was measured.
   */
  readonly peakGoodput: { readonly succeededPerSecond: number; readonly ratePerSecond: number } | null;
  /** The recommended operating rate, 70 % of the capacity: room for a spike and for a bad day. Null without a capacity. */
  readonly operateAtPerSecond: number | null;
  readonly trials: readonly Trial[];
  /** The drains after which the service had not recovered. */
  readonly slowDrains: readonly Drain[];
}

const operatingShare = 0.7;

/** Builds the report of a search that has ended. */
export function capacityReport(history: readonly SearchEvent[], reason: EndReason): CapacityReport {
  const trials = history.filter((event) => event.kind === "trial");
  const sound = trials.filter(({ outcome }) => outcome.kind !== "invalid");
  const rates = testedRates(trials);
  const { low, high } = soundBracket(rates, trials);
  const probe = trials.findLast(({ purpose }) => purpose === "probe");
  const held = sound.filter(
    ({ ratePerSecond, outcome }) => ratePerSecond === low?.ratePerSecond && outcome.kind === "passed",
  );
  const best = sound.toSorted((a, b) => b.measurement.succeededPerSecond - a.measurement.succeededPerSecond)[0];
  return {
    capacity: capacityOf(low, high, reason),
    confirmed: low?.confirmed ?? false,
    firstBroken: high === null ? [] : brokenAt(high.ratePerSecond, sound),
    overload: probe === undefined || held.length === 0 ? null : overloadOf(probe, held),
    kneePerSecond: low === null ? null : kneeOf(upTo(low.ratePerSecond, sound), high?.ratePerSecond ?? null),
    peakGoodput:
      best === undefined
        ? null
        : { succeededPerSecond: best.measurement.succeededPerSecond, ratePerSecond: best.ratePerSecond },
    operateAtPerSecond: low === null ? null : low.ratePerSecond * operatingShare,
    trials,
    slowDrains: history.filter((event) => event.kind === "drain").filter(({ drained }) => !drained),
  };
}

/**
 * Returns the bracket from which the answer is made. The rate of an unconfirmed answer must not have failed as often as
 * it passed. There is no answer if failures contradict an unconfirmed one, or if higher and higher rates passed after
 * all.
 */
function soundBracket(rates: readonly TestedRate[], trials: readonly Trial[]): Bracket {
  const { low, high } = bracketOf(rates);
  const isEndless = trials.some(
    (trial) => trial.purpose === "probe" && trial.outcome.kind === "passed" && !reopeningProbes(trials).includes(trial),
  );
  if (isEndless) return { low: null, high: null };
  if (low === null || low.confirmed) return { low, high };
  if (contradictions(trials).length > mostContradictions) return { low: null, high: null };
  const limit = low.ratePerSecond;
  const isSafe = ({ ratePerSecond, passes, failures }: TestedRate) =>
    ratePerSecond <= limit && (passes > failures || (passes > 0 && failures === 0));
  return { low: rates.findLast(isSafe) ?? null, high };
}

/** The trials that passed at rates up to the capacity. */
function upTo(ratePerSecond: number, trials: readonly Trial[]): Trial[] {
  return trials.filter((trial) => trial.ratePerSecond <= ratePerSecond && trial.outcome.kind === "passed");
}

function capacityOf(low: TestedRate | null, high: TestedRate | null, reason: EndReason): Capacity {
  const failsAtPerSecond = high?.ratePerSecond ?? null;
  if (low === null)
    return failsAtPerSecond === null ? { kind: "unknown" } : { kind: "below", ratePerSecond: failsAtPerSecond };
  const { ratePerSecond, confirmed } = low;
  // A confirmed capacity is found, even if no time was left for a probe.
  if (confirmed && failsAtPerSecond !== null) return { kind: "found", ratePerSecond, failsAtPerSecond };
  const because = reason === "found" || reason === "nothing-holds" ? "deadline" : reason;
  return { kind: "at-least", ratePerSecond, failsAtPerSecond, because };
}

/** The failures at `rate`, each kind (and target) once, the most frequent first. */
function brokenAt(rate: number, trials: readonly Trial[]): TrialFailure[] {
  const failures = trials.flatMap(({ ratePerSecond, outcome }) =>
    ratePerSecond === rate && outcome.kind === "failed" ? outcome.failures : [],
  );
  const alike = Map.groupBy(failures, (failure) => (failure.kind === "target" ? failure.name : failure.kind));
  return [...alike.values()].sort((a, b) => b.length - a.length).map(([first]) => first as TrialFailure);
}
