/** The pause of a virtual user between two iterations. Durations are strings: "500ms", "1m30s". */
export type Pause =
  | { readonly kind: "constant"; readonly duration: string }
  | { readonly kind: "between"; readonly shortest: string; readonly longest: string }
  | { readonly kind: "exponential"; readonly mean: string }
  | { readonly kind: "pacing"; readonly every: string }
  | { readonly kind: "throughput"; readonly perSecond: number }
  | ((random: () => number) => string);

/** The same pause each time. */
export function constant(duration: string): Pause {
  return { kind: "constant", duration };
}

/** Uniform between the two, both included. */
export function between(shortest: string, longest: string): Pause {
  return { kind: "between", shortest, longest };
}

/** Exponentially distributed around `mean`: most are short, a few long, as between the visits of independent people. */
export function exponential(mean: string): Pause {
  return { kind: "exponential", mean };
}

/** Iterations begin `every` so often; one that takes longer is followed at once, and the time is not made up for. */
export function pacing(every: string): Pause {
  return { kind: "pacing", every };
}

/**
 * Each user runs so many iterations per second on average: after a slow one it catches up without pauses, by at most
 * 10 iterations; what it is behind beyond that is let go.
 */
export function throughput(perSecond: number): Pause {
  return { kind: "throughput", perSecond };
}
