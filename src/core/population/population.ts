import { lastStarted } from "../last-started.ts";
import type { Plan } from "../plan/plan.ts";
import {
  changeInside,
  changeMs,
  nextSegmentWithChange,
  populationWithin,
  type Segment,
  segmentsOf,
} from "../plan/plan-segment.ts";

/**
 * The number of virtual users that exist at a time: those with a number i < population.
 *
 * Virtual user i exists at t if the plan's value is above i just after t (the limit from the right) and t < durationMs. So
 * on a rise it starts when the value reaches i (number 0 at the very start of a ramp from 0, number i at i / 5 seconds on a
 * ramp of 5 per second), and on a fall it leaves when the value comes down to i.
 */
export function populationAt(plan: Plan, atMs: number): number {
  const segments = segmentsOf(plan);
  const segment = segments[lastStarted(segments, atMs, (candidate) => candidate.startMs)];
  return segment === undefined || atMs >= segment.endMs ? 0 : populationWithin(segment, atMs);
}

/** The largest population at any time of the plan. */
export function peak(plan: Plan): number {
  return segmentsOf(plan).reduce((largest, segment) => {
    if (!segment.rises) return Math.max(largest, populationWithin(segment, segment.startMs));
    // A user that would start exactly at the end of the segment is not part of it.
    let population = populationWithin(segment, segment.endMs);
    while (population > segment.always && changeMs(segment, population - 1) >= segment.endMs) population--;
    return Math.max(largest, population);
  }, 0);
}

/**
 * The earliest time in ms after `afterMs` (-1 for the whole plan) at which the population changes; Infinity if there is
 * none.
 */
export function nextChangeAt(plan: Plan, afterMs: number): number {
  const segments = segmentsOf(plan);
  const population = populationAt(plan, afterMs);
  for (let at = firstToSearch(segments, afterMs); at < segments.length; at++) {
    const segment = segments[at] as Segment;
    if (segment.startMs > afterMs && populationWithin(segment, segment.startMs) !== population) return segment.startMs;
    const changeAtMs = changeInside(segment, segment.rises ? population : population - 1, afterMs);
    if (changeAtMs !== undefined) return changeAtMs;
  }
  return population > 0 ? plan.durationMs : Number.POSITIVE_INFINITY;
}

/**
 * The earliest time in ms after `afterMs` (-1 for the whole plan) at which virtual user `index` starts or leaves; Infinity
 * if there is none.
 */
export function nextCrossingAt(plan: Plan, afterMs: number, index: number): number {
  const segments = segmentsOf(plan);
  const exists = index < populationAt(plan, afterMs);
  let at = firstToSearch(segments, afterMs);
  while (at < segments.length) {
    const segment = segments[at] as Segment;
    const existsAtStart = index < populationWithin(segment, segment.startMs);
    if (segment.startMs > afterMs && existsAtStart !== exists) return segment.startMs;
    const changeAtMs = changeInside(segment, index, afterMs);
    if (changeAtMs !== undefined) return changeAtMs;
    at = nextSegmentWithChange(plan, at + 1, index, exists);
  }
  return exists ? plan.durationMs : Number.POSITIVE_INFINITY;
}

function firstToSearch(segments: readonly Segment[], atMs: number): number {
  return Math.max(
    0,
    lastStarted(segments, atMs, (segment) => segment.startMs),
  );
}
