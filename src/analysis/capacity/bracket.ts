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

/** The first probe that passed, if any: it shows that failures at lower rates were chance. */
export function reopeningProbe(trials: readonly Trial[]): Trial | undefined {
  return trials.find(({ purpose, outcome }) => purpose === "probe" && outcome.kind === "passed");
}

/** The trials with that probe counted as part of the search, and without the earlier failures at lower rates. */
function reopened(trials: readonly Trial[]): readonly Trial[] {
  const probe = reopeningProbe(trials);
  if (probe === undefined) return trials;
  const at = trials.indexOf(probe);
  const kept = trials
    .slice(0, at)
    .filter(({ outcome, ratePerSecond }) => outcome.kind !== "failed" || ratePerSecond > probe.ratePerSecond);
  return [...kept, { ...probe, purpose: "narrow" }, ...trials.slice(at + 1)];
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
