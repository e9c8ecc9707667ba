export interface SearchSettings {
  /** The first rate to test, in iterations per second. */
  readonly startPerSecond: number;
  /** The highest rate to test. */
  readonly maxPerSecond: number;
  /** The highest percentile that a target uses, such as 95. */
  readonly tailPercentile: number;
  /** The time after which the search stops without an answer; default 20 minutes. */
  readonly deadlineMs?: number;
  /** A factor below 1 shortens trials and drains, for tests of the search itself; default 1. */
  readonly timeScale?: number;
}

/** The factor between rates until the first one fails. */
export const bracketFactor = 1.5;
/** The largest ratio, at the end, of the lowest rate that failed to the highest rate that held. */
export const precision = 1.05;
/** The rate of a probe relative to the lowest rate that failed. */
export const probeFactor = 1.2;
/** The number of consecutive invalid trials at a rate that mean that the generator is at its limit. */
export const invalidTrialsInARow = 4;
/** The number of rates below the first one that are tested if the first one fails. */
export const stepsDown = 10;
/** The length of a confirmation trial, in lengths of a trial. */
export const confirmLengths = 3;
/** The rate of a drain relative to the highest rate that held; each further drain is at this share of the one before. */
export const drainShare = 0.3;
/** The maximum number of consecutive drains; after them the search continues in any case. */
export const mostDrains = 3;
export const drainedFactor = 1.2;
export const drainCapMs = 60_000;
export const defaultDeadlineMs = 20 * 60_000;
