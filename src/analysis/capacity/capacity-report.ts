import { median } from "../statistics/median.ts";
import { bracketOf, type TestedRate, testedRates } from "./bracket.ts";
import type { EndReason } from "./next-trial.ts";
import type { Drain, SearchEvent, Trial, TrialFailure } from "./trial.ts";

/**
 * How the service behaves beyond its capacity. `plateau`: it serves as many as before, later and later; `collapse`: it serves
 * fewer; `error-cliff`: it refuses, and quickly; `inconsistent`: it held more than a rate that it had failed at.
 */
export type Overload = "plateau" | "collapse" | "error-cliff" | "inconsistent";

const keptShare = 0.9;
/** Fewer errors are part of any overload. */
const cliffErrorRate = 0.05;
/** Errors that take no longer than this, compared with the times at capacity, do not come from waiting. */
const quickFactor = 2;

/**
 * @param probe beyond the lowest rate that failed
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

/** With fewer rates there is no bend to see. */
const fewestRates = 3;

/**
 * The rate at which the service does most for the time that it takes: throughput by response time ("power") is highest there.
 * Below it load is cheap, above it each further request makes all others slower.
 *
 * Source: L. Kleinrock, "Power and deterministic rules of thumb for probabilistic problems in computer communications", ICC
 * 1979.
 *
 * @returns null when too few rates were measured
 */
function kneeOf(trials: readonly Trial[]): number | null {
  const byRate = Map.groupBy(trials, ({ ratePerSecond }) => ratePerSecond);
  if (byRate.size < fewestRates) return null;
  const powers = [...byRate].map(([ratePerSecond, some]) => ({
    ratePerSecond,
    power: median(some.map(({ measurement }) => measurement.succeededPerSecond / Math.max(measurement.p95Ms, 1e-3))),
  }));
  return powers.reduce((best, other) => (other.power > best.power ? other : best)).ratePerSecond;
}

export type Capacity =
  /** It holds `ratePerSecond` and fails at `failsAtPerSecond`, within 5 %. */
  | { readonly kind: "found"; readonly ratePerSecond: number; readonly failsAtPerSecond: number }
  /** It holds `ratePerSecond`, and maybe more: the search ended early. `failsAtPerSecond` is null when nothing failed. */
  | {
      readonly kind: "at-least";
      readonly ratePerSecond: number;
      readonly failsAtPerSecond: number | null;
      readonly because: "max" | "deadline" | "generator-limited" | "stopped";
    }
  /** No rate held; this is the lowest that was tried. */
  | { readonly kind: "below"; readonly ratePerSecond: number }
  | { readonly kind: "unknown" };

export interface CapacityReport {
  readonly capacity: Capacity;
  /** Whether the capacity was held for three times as long as a trial. */
  readonly confirmed: boolean;
  /** What broke first as the load rose, the most frequent first; empty when nothing broke. */
  readonly firstBroken: readonly TrialFailure[];
  /** Null when the search did not come to see it. */
  readonly overload: Overload | null;
  readonly kneePerSecond: number | null;
  /** The most requests per second that ended well, and at which rate; null when nothing was measured. */
  readonly peakGoodput: { readonly succeededPerSecond: number; readonly ratePerSecond: number } | null;
  /** 70 % of the capacity: room for a spike and for a bad day. Null without a capacity. */
  readonly operateAtPerSecond: number | null;
  readonly trials: readonly Trial[];
  /** Drains after which the service was not back. */
  readonly slowDrains: readonly Drain[];
}

const operatingShare = 0.7;

/** The answer of a search that has ended. */
export function capacityReport(history: readonly SearchEvent[], reason: EndReason): CapacityReport {
  const trials = history.filter((event) => event.kind === "trial");
  const sound = trials.filter(({ outcome }) => outcome.kind !== "invalid");
  const { low, high } = bracketOf(testedRates(trials));
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
    kneePerSecond: kneeOf(sound),
    peakGoodput:
      best === undefined
        ? null
        : { succeededPerSecond: best.measurement.succeededPerSecond, ratePerSecond: best.ratePerSecond },
    operateAtPerSecond: low === null ? null : low.ratePerSecond * operatingShare,
    trials,
    slowDrains: history.filter((event) => event.kind === "drain").filter(({ drained }) => !drained),
  };
}

function capacityOf(low: TestedRate | null, high: TestedRate | null, reason: EndReason): Capacity {
  const failsAtPerSecond = high?.ratePerSecond ?? null;
  if (low === null)
    return failsAtPerSecond === null ? { kind: "unknown" } : { kind: "below", ratePerSecond: failsAtPerSecond };
  const { ratePerSecond, confirmed } = low;
  // Confirmed, it is found, though there may have been no time left to look beyond.
  if (confirmed && failsAtPerSecond !== null) return { kind: "found", ratePerSecond, failsAtPerSecond };
  const because = reason === "found" || reason === "nothing-holds" ? "deadline" : reason;
  return { kind: "at-least", ratePerSecond, failsAtPerSecond, because };
}

/** The failures at the lowest rate that failed, each kind (and target) once. */
function brokenAt(rate: number, trials: readonly Trial[]): TrialFailure[] {
  const failures = trials.flatMap(({ ratePerSecond, outcome }) =>
    ratePerSecond === rate && outcome.kind === "failed" ? outcome.failures : [],
  );
  const alike = Map.groupBy(failures, (failure) => (failure.kind === "target" ? failure.name : failure.kind));
  return [...alike.values()].sort((a, b) => b.length - a.length).map(([first]) => first as TrialFailure);
}
