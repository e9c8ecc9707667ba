import { parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { ProfileDefinition } from "../definition/define.ts";

/** How a soak is judged; times in ms. */
export interface ResolvedDrift {
  readonly rampEndMs: number;
  readonly warmUpMs: number;
  /** The run ends as soon as it is seen to drift. */
  readonly abort: boolean;
}

const soakName = "soak";
const defaultWarmUp = "2m";

/**
 * Whether, and how, a profile is judged for drift; null when it is not.
 * @param isSteady its load is neither a spike nor a search
 * @param rampEndMs when the load has risen; null when nobody knows
 * @throws ConfigurationError when it is asked for a load that is to change what it measures
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
