import type { Attack } from "./attack.ts";

/** Another user of the same machine. */
export const localUserAttacks: readonly Attack[] = [];
