import { parseDuration } from "../duration.ts";
import { ConfigurationError } from "../errors.ts";

/** The part of a run that a threshold is about, in ms since its start; whole seconds. */
export interface ThresholdSpan {
  /** What completed before this does not count. */
  readonly fromMs: number;
  /** The threshold must hold in every stretch of this length; null for the whole from `fromMs` on. */
  readonly windowMs: number | null;
}

/** What a threshold has to know of the load. */
export interface LoadTimes {
  /** When it has risen; null when nobody knows before the run. */
  readonly rampEndMs: number | null;
  /** Infinity when that is not known. */
  readonly durationMs: number;
}

export const unknownTimes: LoadTimes = { rampEndMs: null, durationMs: Number.POSITIVE_INFINITY };

interface SpanDefinition {
  readonly window?: string | undefined;
  readonly after?: string | undefined;
}

const secondMs = 1_000;

/**
 * Reads `window` and `after` of the threshold that was written as `text`; null when it is about the whole run.
 * @throws ConfigurationError when they make no sense, or not for this load
 */
export function readSpan(text: string, { window, after }: SpanDefinition, load: LoadTimes): ThresholdSpan | null {
  if (window === undefined && after === undefined) return null;
  const fromMs = after === undefined ? 0 : startOf(text, after, load);
  const windowMs = window === undefined ? null : parseDuration(window);
  if (windowMs !== null && (windowMs < secondMs || windowMs % secondMs !== 0)) {
    throw new ConfigurationError(`threshold "${text}": window "${window}" is not of whole seconds, as "1m" is`);
  }
  if (fromMs + (windowMs ?? secondMs) > load.durationMs) {
    const span = windowMs === null ? "nothing is left" : `a window of ${window} does not fit`;
    throw new ConfigurationError(
      `threshold "${text}": ${span} in a run of ${load.durationMs / secondMs} s${fromMs > 0 ? ` from ${fromMs / secondMs} s on` : ""}`,
    );
  }
  return { fromMs, windowMs };
}

/** Rounded up to the second that is wholly after it. */
function startOf(text: string, after: string, { rampEndMs }: LoadTimes): number {
  if (after !== "ramp") return Math.ceil(parseDuration(after) / secondMs) * secondMs;
  if (rampEndMs !== null) return Math.ceil(rampEndMs / secondMs) * secondMs;
  throw new ConfigurationError(
    `threshold "${text}": nobody knows beforehand when a load by a shape function has risen; give a time, as after: "30s"`,
  );
}
