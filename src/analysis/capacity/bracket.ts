import type { Trial } from "./trial.ts";

/** The verdict of all trials at one rate: best of three, or two that agree. */
export type RateVerdict = "passed" | "failed" | "open";

export interface TestedRate {
  readonly ratePerSecond: number;
  readonly passes: number;
  readonly failures: number;
  readonly verdict: RateVerdict;
  /** Whether the rate passed a confirmation trial. */
  readonly confirmed: boolean;
}

const agreeing = 2;

/** Groups the trials by rate, ascending. Probes and invalid trials are left out. */
export function testedRates(trials: readonly Trial[]): TestedRate[] {
  const searched = reopened(trials).filter(({ purpose, outcome }) => purpose !== "probe" && outcome.kind !== "invalid");
  const byRate = Map.groupBy(searched, ({ ratePerSecond }) => ratePerSecond);
  return [...byRate].map(([rate, some]) => testedRate(rate, some)).sort((a, b) => a.ratePerSecond - b.ratePerSecond);
}

/** The maximum number of times a search is reopened: a service that scales out reopens it at each step; more often is not growth. */
const mostReopenings = 8;

/**
 * The probes that passed, in order: each probe shows that failures at its rate and below were chance, or that the service
 * has grown since.
 */
export function reopeningProbes(trials: readonly Trial[]): readonly Trial[] {
  return trials
    .filter(({ purpose, outcome }) => purpose === "probe" && outcome.kind === "passed")
    .slice(0, mostReopenings);
}

/** Returns the trials with the reopening probes counted as part of the search, and without earlier failures at their rates and below. */
export function reopened(trials: readonly Trial[]): readonly Trial[] {
  const probes = new Set(reopeningProbes(trials));
  let kept: Trial[] = [];
  for (const trial of trials) {
    if (probes.has(trial)) {
      kept = kept.filter(
        ({ outcome, ratePerSecond }) => outcome.kind !== "failed" || ratePerSecond > trial.ratePerSecond,
      );
    }
    kept.push(probes.has(trial) ? { ...trial, purpose: "narrow" } : trial);
  }
  return kept;
}

/** The result at one rate. A confirmation trial outweighs the trials before it: it is as long as three. */
function testedRate(ratePerSecond: number, trials: readonly Trial[]): TestedRate {
  const passes = trials.filter(({ outcome }) => outcome.kind === "passed").length;
  const failures = trials.length - passes;
  const confirmation = trials.findLast(({ purpose }) => purpose === "confirm")?.outcome.kind;
  if (confirmation === "passed") return { ratePerSecond, passes, failures, verdict: "passed", confirmed: true };
  if (confirmation === "failed") return { ratePerSecond, passes, failures, verdict: "failed", confirmed: false };
  const verdict = passes >= agreeing ? "passed" : failures >= agreeing ? "failed" : "open";
  return { ratePerSecond, passes, failures, verdict, confirmed: false };
}

/** The highest rate that the service seems to hold, and the lowest at which it fails. */
export interface Bracket {
  readonly low: TestedRate | null;
  readonly high: TestedRate | null;
}

/** The bracket of the search. It ends at the lowest rate that failed: a pass above that is chance. */
export function bracketOf(rates: readonly TestedRate[]): Bracket {
  const high = rates.find(({ verdict }) => verdict === "failed") ?? null;
  const limit = high?.ratePerSecond ?? Number.POSITIVE_INFINITY;
  const holds = ({ ratePerSecond, passes }: TestedRate) => ratePerSecond < limit && passes > 0;
  return { low: rates.findLast(holds) ?? null, high };
}
