/** The pause of a virtual user between two iterations. Durations are strings: "500ms", "1m30s". */
export type Pause =
  | { readonly kind: "constant"; readonly duration: string }
  | { readonly kind: "between"; readonly shortest: string; readonly longest: string }
  | ((random: () => number) => string);

/** The same pause each time. */
export function constant(duration: string): Pause {
  return { kind: "constant", duration };
}

/** Uniform between the two, both included. */
export function between(shortest: string, longest: string): Pause {
  return { kind: "between", shortest, longest };
}
