import { type Bracket, bracketOf, reopened, reopeningProbes, type TestedRate, testedRates } from "./bracket.ts";
import {
  bracketFactor,
  invalidTrialsInARow,
  precision,
  probeFactor,
  type SearchSettings,
  stepsDown,
} from "./search-settings.ts";
import { isVoid, type Trial, type TrialPurpose } from "./trial.ts";

/** Why a search ended. `stopped`: the run ended before the search. */
export type EndReason = "found" | "max" | "deadline" | "generator-limited" | "nothing-holds" | "stopped";

export interface End {
  readonly kind: "end";
  readonly reason: EndReason;
}

/** A trial whose length is not decided yet. */
export interface PlannedTrial {
  readonly purpose: TrialPurpose;
  readonly ratePerSecond: number;
}

/**
 * Decides which rate a search tries next. It raises the rate by half until one fails, then bisects between the highest rate
 * that held and the lowest that failed (geometric mean) until they are within 5 %. Then it confirms the answer with a
 * longer trial and probes a higher rate.
 *
 * While the rate rises, one pass is enough. The rates that bound the answer are repeated until two trials agree.
 */
export function nextTrial(settings: SearchSettings, trials: readonly Trial[]): PlannedTrial | End {
  const last = trials.at(-1);
  if (last === undefined) return firstBracket(Math.min(settings.startPerSecond, settings.maxPerSecond));
  if (last.outcome.kind === "invalid") return afterInvalid(last, trials);
  const rates = testedRates(trials);
  const bracket = bracketOf(rates);
  // A probe that passes reopens the search; if too many do, the service has no capacity to find.
  const isOver = last.purpose === "probe" && !reopeningProbes(trials).includes(last);
  const isToBeTriedAgain =
    last.outcome.kind === "failed" && (isRetest(last, bracket, settings) || mayHaveGrown(bracket, trials));
  if (isOver && !isToBeTriedAgain) return { kind: "end", reason: "found" };
  const current = rates.find(({ ratePerSecond }) => ratePerSecond === last.ratePerSecond);
  if (current?.verdict === "open" && current.failures > 0) {
    return {
      purpose: bracket.low === null || bracket.high === null ? "bracket" : "narrow",
      ratePerSecond: last.ratePerSecond,
    };
  }
  if (bracket.high === null) return climb(settings, bracket);
  if (bracket.low === null) return descend(settings, bracket.high, trials);
  return narrow(settings, bracket.low, bracket.high, trials);
}

/** Whether a probe tried the bounding rate again, and not a higher one. */
function isRetest(probe: Trial, { high }: Bracket, { maxPerSecond }: SearchSettings): boolean {
  return probe.ratePerSecond === high?.ratePerSecond && probe.ratePerSecond < maxPerSecond;
}

/** The factor by which throughput must exceed a rate; a smaller excess is chance. */
const clearlyMore = 1.02;

/**
 * Whether the service may have grown since the rate that bounds the answer failed, so that this rate must be tried again:
 * a lower rate failed first and passed later, or the service did more work than that rate needs, even if it was late.
 */
function mayHaveGrown({ high, low }: Bracket, trials: readonly Trial[]): boolean {
  if (high === null || low === null) return false;
  const searched = reopened(trials);
  const isAtBound = ({ outcome, ratePerSecond }: Trial) =>
    outcome.kind === "failed" && ratePerSecond === high.ratePerSecond;
  const later = searched.slice(searched.findLastIndex(isAtBound) + 1);
  const hasFailed = (rate: number) =>
    searched.some(({ outcome, ratePerSecond }) => outcome.kind === "failed" && ratePerSecond === rate);
  return later.some(
    (trial) =>
      (trial.outcome.kind === "passed" && hasFailed(trial.ratePerSecond)) ||
      (trial.outcome.kind === "failed" && doneIn(trial) > clearlyMore * high.ratePerSecond),
  );
}

function firstBracket(ratePerSecond: number): PlannedTrial {
  return { purpose: "bracket", ratePerSecond };
}

/**
 * Decides what follows an invalid trial. Void trials are repeated. Only trials whose load the generator could not
 * generate show its limit.
 */
function afterInvalid({ purpose, ratePerSecond }: Trial, all: readonly Trial[]): PlannedTrial | End {
  const trials = all.filter((trial) => !isVoid(trial));
  const isInvalidHere = (trial: Trial) => trial.outcome.kind === "invalid" && trial.ratePerSecond === ratePerSecond;
  const inARow = trials.length - 1 - trials.findLastIndex((trial) => !isInvalidHere(trial));
  // A generator that reached this rate before is not at its limit: it gets twice as many attempts.
  const reachedBefore = trials.some(
    (trial) => trial.outcome.kind !== "invalid" && trial.ratePerSecond >= ratePerSecond,
  );
  if (inARow < (reachedBefore ? 2 : 1) * invalidTrialsInARow) return { purpose, ratePerSecond };
  return { kind: "end", reason: purpose === "probe" ? "found" : "generator-limited" };
}

/** The next trial while no rate has failed. */
function climb({ maxPerSecond, startPerSecond }: SearchSettings, { low }: Bracket): PlannedTrial | End {
  if (low === null) return firstBracket(Math.min(startPerSecond, maxPerSecond));
  const { ratePerSecond, verdict, confirmed } = low;
  if (ratePerSecond < maxPerSecond)
    return firstBracket(Math.min(maxPerSecond, roundedRate(ratePerSecond * bracketFactor)));
  if (confirmed) return { kind: "end", reason: "max" };
  return { purpose: verdict === "passed" ? "confirm" : "narrow", ratePerSecond };
}

/** The next trial while no rate holds: down to the throughput of the service at the lowest rate. */
function descend({ startPerSecond }: SearchSettings, high: TestedRate, trials: readonly Trial[]): PlannedTrial | End {
  const lowest = startPerSecond / bracketFactor ** stepsDown;
  if (high.ratePerSecond <= lowest) return { kind: "end", reason: "nothing-holds" };
  const wanted = Math.min(high.ratePerSecond / bracketFactor, doneAt(high.ratePerSecond, trials));
  return firstBracket(roundedRate(Math.max(lowest, wanted)));
}

/**
 * The highest rate of successful iterations in a trial at that rate; Infinity if none succeeded, because that says nothing.
 */
export function doneAt(rate: number, trials: readonly Trial[]): number {
  const there = trials.filter(({ ratePerSecond, outcome }) => ratePerSecond === rate && outcome.kind !== "invalid");
  const most = Math.max(0, ...there.map(doneIn));
  return most > 0 ? most : Number.POSITIVE_INFINITY;
}

/** The rate of successful iterations in a trial. */
function doneIn({ ratePerSecond, measurement: { achieved, offered, errorRate } }: Trial): number {
  return ratePerSecond * (achieved / offered) * (1 - errorRate);
}

function narrow(
  settings: SearchSettings,
  low: TestedRate,
  high: TestedRate,
  trials: readonly Trial[],
): PlannedTrial | End {
  if (low.verdict === "open") return { purpose: "narrow", ratePerSecond: low.ratePerSecond };
  if (high.ratePerSecond / low.ratePerSecond > precision) {
    return { purpose: "narrow", ratePerSecond: roundedRate(Math.sqrt(low.ratePerSecond * high.ratePerSecond)) };
  }
  if (!low.confirmed) return { purpose: "confirm", ratePerSecond: low.ratePerSecond };
  if (mayHaveGrown({ low, high }, trials)) return { purpose: "probe", ratePerSecond: high.ratePerSecond };
  const ratePerSecond = Math.min(settings.maxPerSecond, roundedRate(high.ratePerSecond * probeFactor));
  return { purpose: "probe", ratePerSecond };
}

/** Rounds a rate to four digits: finer than any bracket, and easy to read. */
export function roundedRate(ratePerSecond: number): number {
  return Number(ratePerSecond.toPrecision(4));
}
