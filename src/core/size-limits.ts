/*
 * Limits of what a test names. Names travel in every report of a worker, which may have 16 MB: at these limits, the names of
 * 2,000 tasks, 1,000 endpoints and 1,000 checks take less than 12 MB.
 */

/** In characters. Longer names of requests and checks are cut in the middle; all others are refused. */
export const longestName = 1_000;

/** Each is recorded separately on every worker. */
export const mostThresholds = 1_000;

/** Every worker receives the whole plan. */
export const mostStages = 10_000;

/** The characters of one variable that a test reads with `env()`. */
export const longestVariable = 1_000_000;

/** How deep objects and lists of a value that travels between processes may be nested. Code that walks deeper ones overflows its stack. */
export const deepestValue = 100;

/**
 * Whether the objects and lists of a value that was JSON are nested deeper than `most` levels; `{}` has 1. The search needs no stack,
 * however deep the value is.
 */
export function isDeeperThan(most: number, value: unknown): boolean {
  let level = containersOf([value]);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((container) => containersOf(Object.values(container)));
  }
  return false;
}

function containersOf(values: readonly unknown[]): object[] {
  return values.filter((value): value is object => typeof value === "object" && value !== null);
}

/** Each source of observed metrics is read every few seconds on the master. */
export const mostObservedSources = 50;

/** In characters: the name of a source, and the name of a value of a source that gives several. */
export const longestObservedName = 100;

/** The shortest time between two readings of a source, in ms. */
export const shortestObservedMs = 1_000;
