import type { Attack } from "./attack.ts";

/** A stranger reaches the ports of a master, and knows neither a token nor a session. */
export const strangerAttacks: readonly Attack[] = [];
