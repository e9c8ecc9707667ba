/** The pause of a virtual user between two iterations (think time). Durations are strings: "500ms", "1m30s". */
export type Pause =
  | { readonly kind: "constant"; readonly duration: string }
  | { readonly kind: "between"; readonly shortest: string; readonly longest: string }
  | { readonly kind: "exponential"; readonly mean: string }
  | { readonly kind: "pacing"; readonly every: string }
  | { readonly kind: "throughput"; readonly perSecond: number }
  | ((random: () => number) => string);

/** A constant pause. */
export function constant(duration: string): Pause {
  return { kind: "constant", duration };
}

/** A random pause, uniformly distributed from `shortest` to `longest`. */
export function between(shortest: string, longest: string): Pause {
  return { kind: "between", shortest, longest };
}

/**
 * A random pause, exponentially distributed with this mean: most are short, a few are long, as between visits of independent
 * people.
 */
export function exponential(mean: string): Pause {
  return { kind: "exponential", mean };
}

/**
 * Starts an iteration each time that `every` has passed (Locust's `constant_pacing`). After an iteration that takes longer,
 * the next one starts at once, and the lost time is not made up.
 */
export function pacing(every: string): Pause {
  return { kind: "pacing", every };
}

/**
 * Lets each user run this many iterations per second on average. After a slow iteration, the user catches up without pauses,
 * by at most 10 iterations; the rest is dropped.
 */
export function throughput(perSecond: number): Pause {
  return { kind: "throughput", perSecond };
}
