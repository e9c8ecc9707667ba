const secondMs = 1_000;
/**
 * The number of sections: enough to estimate the variation, few enough that each is longer than the effects that make
 * neighbouring seconds alike.
 */
const mostSections = 20;
/**
 * The number of sections in a run below 20 s. A run of fewer seconds than this has none: it is too short to estimate the
 * variation.
 */
const fewestSections = 10;
/** The steps per section of a series for a chart. */
const stepsPerSection = 12;

/** A part of a run, in ms since its start. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Cuts a run into sections of equal length, rounded to whole seconds like windows; the last ends with the run. There are 20
 * sections, 10 in a run below 20 s, and none in a run below 10 s.
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

/** Cuts a section into at most 12 steps of whole seconds; the last can be longer. */
export function stepsOf({ startMs, endMs }: Stretch): Stretch[] {
  const widthMs = Math.max(1, Math.ceil((endMs - startMs) / secondMs / stepsPerSection)) * secondMs;
  const count = Math.max(1, Math.floor((endMs - startMs) / widthMs));
  return Array.from({ length: count }, (_, position) => ({
    startMs: startMs + position * widthMs,
    endMs: position === count - 1 ? endMs : startMs + (position + 1) * widthMs,
  }));
}
