import { rampEndMs } from "../core/plan/plan.ts";
import type { ResolvedLoad } from "./resolve/resolve-load.ts";

/** When a load has first risen to what it holds, in ms since the start of the run; null for a shape, which nobody knows. */
export function rampEndOf(load: ResolvedLoad): number | null {
  switch (load.kind) {
    case "closed":
    case "open":
      return rampEndMs(load.plan);
    case "iterations":
      return load.startMs;
    case "shape":
      return null;
  }
}

/** When all loads have risen; null when nobody knows. */
export function lastRampEndOf(loads: readonly ResolvedLoad[]): number | null {
  const ends = loads.map(rampEndOf);
  return ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0));
}
