import { shortestSettleMs, shortestTrialMs } from "../../core/plan/search.ts";
import { confirmLengths } from "./search-settings.ts";
import type { TrialPurpose } from "./trial.ts";

export interface TrialLength {
  /** The time before the measurement, in which the service settles. */
  readonly settleMs: number;
  readonly measureMs: number;
}

/** With this number of samples beyond a percentile, chance moves it by only a few percent. */
const tailSamples = 1_000;

const longestMs = 60_000;

/**
 * Computes the length of a trial that can estimate a percentile: at a low rate a p99 needs minutes. Bracket trials are as
 * short as possible, because the rates that bound the answer are tested again.
 *
 * @param tailPercentile the highest percentile that a target uses
 * @param p99Ms the p99 at the highest lower rate that passed; 0 if there is none yet
 * @param timeScale a factor below 1 shortens all times, for tests of the search itself
 */
export function trialLength(
  purpose: TrialPurpose,
  ratePerSecond: number,
  { tailPercentile, p99Ms, timeScale }: { tailPercentile: number; p99Ms: number; timeScale: number },
): TrialLength {
  const tailMs = (tailSamples * 1_000) / ((1 - tailPercentile / 100) * ratePerSecond);
  const neededMs = purpose === "bracket" ? shortestTrialMs : Math.min(longestMs, Math.max(shortestTrialMs, tailMs));
  const lengths = purpose === "confirm" ? confirmLengths : 1;
  const settleMs = Math.min(longestMs * timeScale, Math.max(shortestSettleMs * timeScale, 3 * p99Ms));
  return { settleMs: Math.round(settleMs), measureMs: Math.round(neededMs * timeScale * lengths) };
}
