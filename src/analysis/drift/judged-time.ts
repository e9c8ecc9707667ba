import type { CarriedPlan } from "../../core/plan/steering.ts";
import type { InterruptedTime } from "../load/interrupted-times.ts";
import { touches } from "../unjudged-time.ts";

/** The time of a soak in which its load was steady. Times are in ms since the start of the run. */
export interface JudgedTime {
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * Whether a window is in the judged time. Pauses, the ramp after each pause, and times in which a part of the load was
   * not generated are not.
   */
  includes(startMs: number, endMs: number): boolean;
}

/**
 * Returns the longest time between two changes of the load: a change of users or of the rate changes times and
 * throughput, which is not a drift of the service.
 *
 * @param endMs the end of the load, or of the run so far
 * @param rampMs the time that the load takes to reach its level
 * @param interrupted the times in which a part of the load was not generated
 */
export function judgedTime(
  { pauses, changedMs }: Pick<CarriedPlan, "pauses" | "changedMs">,
  endMs: number,
  rampMs: number,
  interrupted: readonly InterruptedTime[] = [],
): JudgedTime {
  const changes = changedMs.filter((atMs) => atMs < endMs);
  const starts = [0, ...changes.map((atMs) => atMs + rampMs)];
  const stretches = starts.map((fromMs, index) => ({ fromMs, toMs: changes[index] ?? endMs }));
  const { fromMs, toMs } = stretches.reduce((longest, other) =>
    other.toMs - other.fromMs > longest.toMs - longest.fromMs ? other : longest,
  );
  return {
    fromMs,
    toMs,
    includes: (startMs, windowEndMs) =>
      startMs >= fromMs &&
      windowEndMs <= toMs &&
      pauses.every((pause) => windowEndMs <= pause.fromMs || startMs >= pause.toMs + rampMs) &&
      !touches(interrupted, startMs, windowEndMs),
  };
}
