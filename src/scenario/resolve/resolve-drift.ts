import { parseDuration } from "../../core/duration.ts";
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

/**
 * Resolves the drift settings of a profile; null if the run is not judged for drift.
 * @param isSteady whether the load is neither a spike nor a search
 * @param rampEndMs the end of the ramp-up; null if it is not known in advance
 * @throws ConfigurationError if a profile with a spike or a search asks for a drift verdict
 */
export function resolveDrift(
  name: string,
  { drift = name === soakName }: ProfileDefinition,
  isSteady: boolean,
  rampEndMs: number | null,
): ResolvedDrift | null {
  if (drift === false) return null;
  if (!isSteady) {
    if (name === soakName) return null;
    throw new ConfigurationError(`profile ${name}: drift is of a steady load, not of a spike or a search`);
  }
  const { abort = false, warmUp = defaultWarmUp } = drift === true ? {} : drift;
  return { rampEndMs: rampEndMs ?? 0, warmUpMs: parseDuration(warmUp), abort };
}
