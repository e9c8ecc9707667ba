import { formatDuration, parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { PlainLoad } from "../definition/load.ts";
import type { SpikeLoad } from "../definition/spike-load.ts";

/** The times of the spikes, in ms since the start of the run, and how they are judged. */
export interface ResolvedSpike {
  readonly spikes: readonly { readonly riseMs: number; readonly peakMs: number; readonly dropMs: number }[];
  /** The end of the warm-up. */
  readonly baselineFromMs: number;
  readonly timeScale: number;
}

/** The minimum length of the base load: fewer seconds do not show its noise. */
const shortestBeforeMs = 15_000;
const longestWarmUpMs = 10_000;
const patienceMs = 300_000;
const insideMs = 30_000;
/** A margin: windows close late, and a stretch starts with a whole window. */
const marginMs = 5_000;
/** The minimum margin: without it, the stretch would have to start at the very drop. */
const leastMarginMs = 1_000;

/**
 * Resolves the times of a spike.
 * @param durationMs the end of the load, which the command line may have shortened
 * @throws ConfigurationError if the base load is too short to compare with, or to see that the service has recovered
 */
export function resolveSpike(load: SpikeLoad, durationMs: number): ResolvedSpike {
  const { riseMs, holdMs, fallMs, beforeMs, afterMs, count } = timesOf(load);
  if (beforeMs < shortestBeforeMs) {
    const least = formatDuration(shortestBeforeMs);
    throw new ConfigurationError(
      `spike: before is ${load.before}, but spikes are compared with the time before: at least ${least}`,
    );
  }
  const timeScale = load.timeScale ?? 1;
  const watchMs = fallMs + afterMs - Math.max(0, beforeMs + count * (riseMs + holdMs + fallMs + afterMs) - durationMs);
  const neededMs = insideMs * timeScale + leastMarginMs;
  if (watchMs < neededMs) {
    throw new ConfigurationError(
      `spike: the load continues for ${formatDuration(Math.max(0, watchMs))} after the ${count > 1 ? "last drop" : "drop"}, but a service has recovered when it is back for ${formatDuration(insideMs * timeScale)}: at least ${formatDuration(neededMs)}, by \`after\` or a longer --run-time`,
    );
  }
  const cycleMs = riseMs + holdMs + fallMs + afterMs;
  return {
    spikes: Array.from({ length: count }, (_, index) => {
      const startMs = beforeMs + index * cycleMs;
      return { riseMs: startMs, peakMs: startMs + riseMs, dropMs: startMs + riseMs + holdMs };
    }),
    baselineFromMs: Math.min(longestWarmUpMs, beforeMs / 4),
    timeScale,
  };
}

/** Returns the load of a spike as stages, starting at its base. */
export function stagedSpike(load: SpikeLoad): PlainLoad {
  const { riseMs, holdMs, fallMs, beforeMs, afterMs, count } = timesOf(load);
  const { base, peak } = load.kind === "spike" ? load : load.users;
  const stage = (durationMs: number, target: number) => ({ duration: `${durationMs}ms`, target });
  const one = [stage(riseMs, peak), stage(holdMs, peak), stage(fallMs, base), stage(afterMs, base)];
  const stages = [stage(beforeMs, base), ...Array.from({ length: count }, () => one).flat()];
  if (load.kind === "spike-users") return { kind: "closed-stages", stages, startUsers: base };
  const { per, maxUsers, whenBusy, arrivals } = load;
  return {
    kind: "open-stages",
    stages,
    startRate: base,
    ...(per === undefined ? {} : { per }),
    ...(maxUsers === undefined ? {} : { maxUsers }),
    ...(whenBusy === undefined ? {} : { whenBusy }),
    ...(arrivals === undefined ? {} : { arrivals }),
  };
}

function timesOf({ hold, rise = "0s", fall = "0s", before = "1m", after, spikes = 1, timeScale = 1 }: SpikeLoad) {
  const [riseMs, holdMs] = [parseDuration(rise), parseDuration(hold)];
  const afterMs =
    after === undefined
      ? Math.max(patienceMs * timeScale, 5 * (riseMs + holdMs)) + insideMs * timeScale + marginMs
      : parseDuration(after);
  return { riseMs, holdMs, fallMs: parseDuration(fall), beforeMs: parseDuration(before), afterMs, count: spikes };
}
