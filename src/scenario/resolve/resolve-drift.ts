import { formatDuration, parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { ProfileDefinition } from "../definition/define.ts";

/** The settings of the drift verdict of a soak test. Times are in ms. */
export interface ResolvedDrift {
  readonly rampEndMs: number;
  readonly warmUpMs: number;
  /** Whether the run ends as soon as a drift is found. */
  readonly abort: boolean;
}

const soakName = "soak";
const defaultWarmUp = "2m";
/** The minimum time after the warm-up: 24 windows of a second. See `prepareSeries` of the analysis. */
const shortestJudgedMs = 24_000;

/**
 * Resolves the drift settings of a profile; null if the run is not judged for drift.
 * @param isSteady whether the load is neither a spike nor a search
 * @param rampEndMs the end of the ramp-up; null if it is not known in advance
 * @param durationMs the end of the load; Infinity if it is not known in advance
 * @throws ConfigurationError if a profile with a spike or a search asks for a drift verdict, or if the load ends before a
 * drift could be judged
 */
export function resolveDrift(
  name: string,
  { drift = name === soakName }: ProfileDefinition,
  isSteady: boolean,
  rampEndMs: number | null,
  durationMs: number,
): ResolvedDrift | null {
  if (drift === false) return null;
  if (!isSteady) {
    if (name === soakName) return null;
    throw new ConfigurationError(
      `profile ${name}: drift is judged for a steady load only, not for a spike or a search`,
    );
  }
  const { abort = false, warmUp = defaultWarmUp } = drift === true ? {} : drift;
  const settings = { rampEndMs: rampEndMs ?? 0, warmUpMs: parseDuration(warmUp), abort };
  if (!Number.isFinite(durationMs)) return settings;
  const judgedMs = durationMs - Math.max(settings.rampEndMs, settings.warmUpMs, durationMs * 0.05);
  if (judgedMs >= shortestJudgedMs) return settings;
  const least = formatDuration(shortestJudgedMs);
  throw new ConfigurationError(
    `profile ${name}: drift needs ${least} of load after the warm-up (drift.warmUp ${warmUp}, and the ramp); the load ends after ${formatDuration(durationMs)}: give it longer, a shorter warmUp, or drift: false`,
  );
}
