import type { Attack } from "./attack.ts";

/** A file comes from somebody else, or is read by a program that runs what is in it. */
export const fileAttacks: readonly Attack[] = [];
