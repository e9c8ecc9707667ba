/*
 * The maximum contents of one report. A worker has lower limits, beyond which it counts names together, so it stays below
 * these limits whatever its test does. Only names that the test itself lists, such as thresholds and classes, come on top. A
 * frame beyond a limit is refused before it takes memory.
 */

/** The items of each list of a report. */
export const mostItems = {
  classes: 10_000,
  /** Of one class. */
  tasks: 2_000,
  unawaited: 2_000,
  /** Parts of scenarios. */
  scenarios: 10_000,
  endpoints: 5_000,
  checks: 5_000,
  metrics: 5_000,
  series: 20_000,
  errors: 1_000,
  /** Of one error. */
  samples: 10,
  slowest: 15_000,
  /** Of one request. */
  phases: 20,
  failureKinds: 50,
} as const;

/** The length of a name in bytes of UTF-8: `longestName` characters, and a method before it. */
export const longestNameBytes = 4_096;
/** The length of the name of a part that a threshold selects: it contains the conditions. */
export const longestKeyBytes = 65_536;
/** The length of a message, a stack or a part of a failed request in bytes. */
export const longestTextBytes = 16_384;
