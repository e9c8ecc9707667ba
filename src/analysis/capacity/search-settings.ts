export interface SearchSettings {
  /** The first rate tried, iterations per second. */
  readonly startPerSecond: number;
  /** No higher rate is tried. */
  readonly maxPerSecond: number;
  /** The highest percentile that a target is about, such as 95. */
  readonly tailPercentile: number;
  /** When to stop without an answer; 20 minutes unless said otherwise. */
  readonly deadlineMs?: number;
  /** Below 1 to shorten trials and drains, for tests of the search itself. */
  readonly timeScale?: number;
}

/** From rate to rate while looking for the first one that fails. */
export const bracketFactor = 1.5;
/** The highest rate that held and the lowest that did not are as close as this in the end. */
export const precision = 1.05;
/** Beyond the lowest rate that failed, to see how the service breaks. */
export const probeFactor = 1.2;
/** So many sick trials in a row at a rate are the generator's limit, and no bad luck. */
export const invalidTrialsInARow = 4;
/** So many rates below the first one are tried when that fails already. */
export const stepsDown = 10;
/** The answer is held for this many lengths of a trial. */
export const confirmLengths = 3;
/** A drain is at this part of the highest rate that held; each further one at this part of the one before. */
export const drainShare = 0.3;
/** Drains in a row after which the search goes on, come what may. */
export const mostDrains = 3;
export const drainedFactor = 1.2;
export const drainCapMs = 60_000;
export const defaultDeadlineMs = 20 * 60_000;
