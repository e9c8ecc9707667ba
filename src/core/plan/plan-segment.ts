import type { Plan } from "./plan.ts";

/**
 * A stretch startMs <= t < endMs between two points of a plan. Virtual users below `always` exist throughout it and those
 * from `upTo` on never; each one between starts (on a rise) or leaves (on a fall) at its `changeMs`. Everything about the
 * population derives from that one formula, so that rounding cannot make two functions disagree.
 */
export interface Segment {
  readonly startMs: number;
  readonly endMs: number;
  /** The time in which the value changes all the way to `to`: more than endMs - startMs if the plan ends on the way. */
  readonly spanMs: number;
  readonly from: number;
  readonly to: number;
  readonly rises: boolean;
  readonly always: number;
  readonly upTo: number;
}

/** Bounds of the segments of one block: a search skips a block in which nothing happens to a virtual user. */
interface Block {
  readonly leastAlways: number;
  readonly mostUpTo: number;
}

interface Segmented {
  readonly segments: readonly Segment[];
  readonly blocks: readonly Block[];
}

const blockLength = 64;
const segmentedByPlan = new WeakMap<Plan, Segmented>();

/**
 * The segments up to the plan's duration, without gaps. They are cached, because a worker needs them for each of its
 * virtual users.
 */
export function segmentsOf(plan: Plan): readonly Segment[] {
  return segmentedOf(plan).segments;
}

/**
 * The position, at or after `from`, of the first segment in which virtual user `index` does not exist throughout (if
 * `exists`) or does not stay absent throughout (if not); the number of segments if there is none. Skips whole blocks of
 * segments.
 */
export function nextSegmentWithChange(plan: Plan, from: number, index: number, exists: boolean): number {
  const { segments, blocks } = segmentedOf(plan);
  let at = from;
  while (at < segments.length) {
    const block = at % blockLength === 0 ? (blocks[at / blockLength] as Block) : undefined;
    if (block !== undefined && (exists ? index < block.leastAlways : index >= block.mostUpTo)) {
      at += blockLength;
      continue;
    }
    const { always, upTo } = segments[at] as Segment;
    if (exists ? index >= always : index < upTo) return at;
    at++;
  }
  return segments.length;
}

/**
 * The time in ms at which a virtual user with always <= index < upTo starts or leaves: possibly after the segment's end.
 */
export function changeMs({ startMs, spanMs, from, to }: Segment, index: number): number {
  return startMs + ((index - from) * spanMs) / (to - from);
}

/**
 * The time in ms at which virtual user `index` starts or leaves, if that is after the segment's start and `afterMs` and
 * before the segment's end; else undefined.
 */
export function changeInside(segment: Segment, index: number, afterMs: number): number | undefined {
  if (index < segment.always || index >= segment.upTo) return undefined;
  const atMs = changeMs(segment, index);
  return atMs > Math.max(afterMs, segment.startMs) && atMs < segment.endMs ? atMs : undefined;
}

/** The population at a time within the segment. */
export function populationWithin(segment: Segment, atMs: number): number {
  const { startMs, spanMs, from, to, always, upTo, rises } = segment;
  const exists = (index: number) => (rises ? changeMs(segment, index) <= atMs : changeMs(segment, index) > atMs);
  const estimate = from === to ? from : from + ((atMs - startMs) * (to - from)) / spanMs;
  let population = Math.min(Math.max(Math.ceil(estimate), always), upTo);
  while (population < upTo && exists(population)) population++;
  while (population > always && !exists(population - 1)) population--;
  return population;
}

function segmentedOf(plan: Plan): Segmented {
  const cached = segmentedByPlan.get(plan);
  if (cached !== undefined) return cached;
  const segments = plan.points.flatMap(({ atMs: startMs, value }, index): Segment[] => {
    const next = plan.points[index + 1];
    const endMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, plan.durationMs);
    if (endMs <= startMs) return [];
    const spanMs = (next?.atMs ?? endMs) - startMs;
    const from = withoutNoise(value);
    const to = withoutNoise(next?.value ?? value);
    const always = from === to ? Math.ceil(from) : Math.floor(Math.min(from, to)) + 1;
    return [{ startMs, endMs, spanMs, from, to, rises: to > from, always, upTo: Math.ceil(Math.max(from, to)) }];
  });
  const blocks: Block[] = [];
  for (let at = 0; at < segments.length; at += blockLength) {
    const block = segments.slice(at, at + blockLength);
    const leastAlways = Math.min(...block.map((segment) => segment.always));
    blocks.push({ leastAlways, mostUpTo: Math.max(...block.map((segment) => segment.upTo)) });
  }
  const segmented = { segments, blocks };
  segmentedByPlan.set(plan, segmented);
  return segmented;
}

/**
 * Rounds values next to a whole number: rounding errors must not create a virtual user (3.0000000000000004 users are 3).
 */
function withoutNoise(value: number): number {
  return Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value;
}
