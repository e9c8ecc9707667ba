import type { Attack } from "./attack.ts";

/** The service under test answers what harms its client. */
export const serviceAttacks: readonly Attack[] = [];
