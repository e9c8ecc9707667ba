import { parseDuration } from "../duration.ts";
import { ConfigurationError } from "../errors.ts";

/** The part of a run that a threshold is evaluated on, in ms since its start; whole seconds. */
export interface ThresholdSpan {
  /** The start: what completed earlier does not count. */
  readonly fromMs: number;
  /** The threshold must hold in every window of this length; null for everything from `fromMs` on. */
  readonly windowMs: number | null;
}

/** The times of a load that thresholds depend on. */
export interface LoadTimes {
  /** The end of the ramp-up; null if it is not known before the run. */
  readonly rampEndMs: number | null;
  /** The duration; Infinity if it is not known. */
  readonly durationMs: number;
}

export const unknownLoadTimes: LoadTimes = { rampEndMs: null, durationMs: Number.POSITIVE_INFINITY };

interface SpanDefinition {
  readonly window?: string | undefined;
  readonly after?: string | undefined;
}

const secondMs = 1_000;

/**
 * Parses `window` and `after` of the threshold with the expression `text`; null if it is about the whole run.
 * @throws ConfigurationError if they are not valid, or do not fit the load
 */
export function readSpan(text: string, { window, after }: SpanDefinition, load: LoadTimes): ThresholdSpan | null {
  if (window === undefined && after === undefined) return null;
  const fromMs = after === undefined ? 0 : startOf(text, after, load);
  const windowMs = window === undefined ? null : parseDuration(window);
  if (windowMs !== null && (windowMs < secondMs || windowMs % secondMs !== 0)) {
    throw new ConfigurationError(
      `threshold "${text}": window "${window}" is not a whole number of seconds, such as "1m"`,
    );
  }
  if (fromMs + (windowMs ?? secondMs) > load.durationMs) {
    const span = windowMs === null ? "nothing is left" : `a window of ${window} does not fit`;
    throw new ConfigurationError(
      `threshold "${text}": ${span} in a run of ${load.durationMs / secondMs} s${fromMs > 0 ? ` from ${fromMs / secondMs} s on` : ""}`,
    );
  }
  return { fromMs, windowMs };
}

/** The start of the span, rounded up to the next full second. */
function startOf(text: string, after: string, { rampEndMs }: LoadTimes): number {
  if (after !== "ramp") return Math.ceil(parseDuration(after) / secondMs) * secondMs;
  if (rampEndMs !== null) return Math.ceil(rampEndMs / secondMs) * secondMs;
  throw new ConfigurationError(
    `threshold "${text}": the end of the ramp-up of a shape function is not known in advance; use a time, such as after: "30s"`,
  );
}
