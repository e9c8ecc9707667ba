const secondMs = 1_000;
/** Enough for an estimate of the spread, few enough that each outlasts what makes neighbouring seconds alike. */
const mostSections = 20;
/** In shorter runs. One shorter than as many seconds has none: a spread cannot be told from it. */
const fewestSections = 10;
/** Of a series to be drawn. */
const stepsPerSection = 12;

/** A stretch of a run, in ms since its start. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Cuts a run into sections of equal length, to whole seconds, as windows are; the last ends with the run. There are
 * 20, or 10 in a run below 20 s, or none in one below 10 s.
 */
export function sectionsOf(durationMs: number): Stretch[] {
  const seconds = Math.floor(durationMs / secondMs);
  if (seconds < fewestSections) return [];
  const count = seconds < mostSections ? fewestSections : mostSections;
  const startOf = (position: number) => Math.round((position * seconds) / count) * secondMs;
  return Array.from({ length: count }, (_, position) => ({
    startMs: startOf(position),
    endMs: position === count - 1 ? durationMs : startOf(position + 1),
  }));
}

/** Cuts a section into up to 12 steps of whole seconds, of which the last may be shorter. */
export function stepsOf({ startMs, endMs }: Stretch): Stretch[] {
  const widthMs = Math.max(1, Math.ceil((endMs - startMs) / secondMs / stepsPerSection)) * secondMs;
  const count = Math.max(1, Math.floor((endMs - startMs) / widthMs));
  return Array.from({ length: count }, (_, position) => ({
    startMs: startMs + position * widthMs,
    endMs: position === count - 1 ? endMs : startMs + (position + 1) * widthMs,
  }));
}
