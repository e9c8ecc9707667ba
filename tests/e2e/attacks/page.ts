import type { Attack } from "./attack.ts";

/** A page of another site, or a person with less rights than needed, uses the web page of a master. */
export const pageAttacks: readonly Attack[] = [];
