import { type Bracket, bracketOf, reopeningProbe, type TestedRate, testedRates } from "./bracket.ts";
import {
  bracketFactor,
  invalidTrialsInARow,
  precision,
  probeFactor,
  type SearchSettings,
  stepsDown,
} from "./search-settings.ts";
import type { Trial, TrialPurpose } from "./trial.ts";

/** `stopped`: the run ended before the search did. */
export type EndReason = "found" | "max" | "deadline" | "generator-limited" | "nothing-holds" | "stopped";

export interface End {
  readonly kind: "end";
  readonly reason: EndReason;
}

/** A trial, not yet with its length. */
export interface Wish {
  readonly purpose: TrialPurpose;
  readonly ratePerSecond: number;
}

/**
 * Which rate a search tries next: up by half until one fails, then between the highest rate that held and the lowest that did
 * not, by their geometric mean, until they are within 5 %; then the answer is held for longer, and what lies beyond is looked
 * at.
 *
 * A climbing search goes on after one pass. The rates that bound the answer are tried until two trials agree.
 */
export function nextTrial(settings: SearchSettings, trials: readonly Trial[]): Wish | End {
  const last = trials.at(-1);
  if (last === undefined) return firstBracket(Math.min(settings.startPerSecond, settings.maxPerSecond));
  if (last.outcome.kind === "invalid") return afterSickness(last, trials);
  // Once, a probe that passes opens the search again; a service that does so twice has no capacity to find.
  if (last.purpose === "probe" && last !== reopeningProbe(trials)) return { kind: "end", reason: "found" };
  const rates = testedRates(trials);
  const bracket = bracketOf(rates);
  const current = rates.find(({ ratePerSecond }) => ratePerSecond === last.ratePerSecond);
  if (current?.verdict === "open" && current.failures > 0) {
    return {
      purpose: bracket.low === null || bracket.high === null ? "bracket" : "narrow",
      ratePerSecond: last.ratePerSecond,
    };
  }
  if (bracket.high === null) return climb(settings, bracket);
  if (bracket.low === null) return descend(settings, bracket.high, trials);
  return narrow(settings, bracket.low, bracket.high);
}

function firstBracket(ratePerSecond: number): Wish {
  return { purpose: "bracket", ratePerSecond };
}

function afterSickness({ purpose, ratePerSecond }: Trial, trials: readonly Trial[]): Wish | End {
  const isSickHere = (trial: Trial) => trial.outcome.kind === "invalid" && trial.ratePerSecond === ratePerSecond;
  const inARow = trials.length - 1 - trials.findLastIndex((trial) => !isSickHere(trial));
  // Who managed more before is not at its limit, but may have a bad hour.
  const managed = trials.some((trial) => trial.outcome.kind !== "invalid" && trial.ratePerSecond >= ratePerSecond);
  if (inARow < (managed ? 2 : 1) * invalidTrialsInARow) return { purpose, ratePerSecond };
  return { kind: "end", reason: purpose === "probe" ? "found" : "generator-limited" };
}

/** Nothing has failed yet. */
function climb({ maxPerSecond, startPerSecond }: SearchSettings, { low }: Bracket): Wish | End {
  if (low === null) return firstBracket(Math.min(startPerSecond, maxPerSecond));
  const { ratePerSecond, verdict, confirmed } = low;
  if (ratePerSecond < maxPerSecond)
    return firstBracket(Math.min(maxPerSecond, roundedRate(ratePerSecond * bracketFactor)));
  if (confirmed) return { kind: "end", reason: "max" };
  return { purpose: verdict === "passed" ? "confirm" : "narrow", ratePerSecond };
}

/** Nothing has passed yet, or nothing that stood up to more trials: on to what the service got done at the lowest rate. */
function descend({ startPerSecond }: SearchSettings, high: TestedRate, trials: readonly Trial[]): Wish | End {
  const lowest = startPerSecond / bracketFactor ** stepsDown;
  if (high.ratePerSecond <= lowest) return { kind: "end", reason: "nothing-holds" };
  const wanted = Math.min(high.ratePerSecond / bracketFactor, doneAt(high.ratePerSecond, trials));
  return firstBracket(roundedRate(Math.max(lowest, wanted)));
}

/** The most iterations per second that ended well in a trial at that rate; infinite when none did, as that says nothing. */
export function doneAt(rate: number, trials: readonly Trial[]): number {
  const there = trials.filter(({ ratePerSecond, outcome }) => ratePerSecond === rate && outcome.kind !== "invalid");
  const shares = there.map(
    ({ measurement: { achieved, offered, errorRate } }) => (achieved / offered) * (1 - errorRate),
  );
  const most = rate * Math.max(0, ...shares);
  return most > 0 ? most : Number.POSITIVE_INFINITY;
}

function narrow(settings: SearchSettings, low: TestedRate, high: TestedRate): Wish | End {
  if (low.verdict === "open") return { purpose: "narrow", ratePerSecond: low.ratePerSecond };
  if (high.ratePerSecond / low.ratePerSecond > precision) {
    return { purpose: "narrow", ratePerSecond: roundedRate(Math.sqrt(low.ratePerSecond * high.ratePerSecond)) };
  }
  if (!low.confirmed) return { purpose: "confirm", ratePerSecond: low.ratePerSecond };
  const ratePerSecond = Math.min(settings.maxPerSecond, roundedRate(high.ratePerSecond * probeFactor));
  return { purpose: "probe", ratePerSecond };
}

/** Four digits are finer than any bracket, and can be read. */
export function roundedRate(ratePerSecond: number): number {
  return Number(ratePerSecond.toPrecision(4));
}
