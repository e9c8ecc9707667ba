import { ConfigurationError } from "./errors.ts";

/** The load wanted at one time: number of virtual users, or iterations per second; 0 or more. */
export interface PlanPoint {
  readonly atMs: number;
  readonly value: number;
}

/**
 * Load as a piecewise-linear function of the time since the start of the run. Points are in non-decreasing time from 0 on; of
 * two at the same time (a jump) the later one counts from that instant. Never change a plan in place: make another.
 */
export interface Plan {
  readonly points: readonly PlanPoint[];
  readonly durationMs: number;
}

/** The planned value: 0 before the first point, the last value after the last one, whatever the plan's duration. */
export function valueAt(plan: Plan, atMs: number): number {
  const at = lastStarted(plan.points, atMs, (point) => point.atMs);
  const point = plan.points[at];
  const next = plan.points[at + 1];
  if (point === undefined || next === undefined) return point?.value ?? 0;
  return point.value + ((atMs - point.atMs) * (next.value - point.value)) / (next.atMs - point.atMs);
}

/**
 * How many virtual users exist: those of number i < population.
 *
 * Virtual user i exists at t when the plan's value is above i just after t (the limit from the right) and t < durationMs. So
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
    // Whoever would start just when the segment ends is not part of it.
    let population = populationWithin(segment, segment.endMs);
    while (population > segment.always && changeMs(segment, population - 1) >= segment.endMs) population--;
    return Math.max(largest, population);
  }, 0);
}

/** The earliest time later than `afterMs` (-1 for the whole plan) at which the population changes, in ms; Infinity if none. */
export function nextChangeAt(plan: Plan, afterMs: number): number {
  const population = populationAt(plan, afterMs);
  for (const segment of segmentsFrom(plan, afterMs)) {
    if (segment.startMs > afterMs && populationWithin(segment, segment.startMs) !== population) return segment.startMs;
    const changeAtMs = changeInside(segment, segment.rises ? population : population - 1, afterMs);
    if (changeAtMs !== undefined) return changeAtMs;
  }
  return population > 0 ? plan.durationMs : Number.POSITIVE_INFINITY;
}

/**
 * The earliest time later than `afterMs` (-1 for the whole plan) at which virtual user `index` starts or stops to exist, in ms;
 * Infinity if there is none. Takes time in proportion to the points after `afterMs`.
 */
export function nextCrossingAt(plan: Plan, afterMs: number, index: number): number {
  const exists = index < populationAt(plan, afterMs);
  for (const segment of segmentsFrom(plan, afterMs)) {
    const existsAtStart = index < populationWithin(segment, segment.startMs);
    if (segment.startMs > afterMs && existsAtStart !== exists) return segment.startMs;
    const changeAtMs = changeInside(segment, index, afterMs);
    if (changeAtMs !== undefined) return changeAtMs;
  }
  return exists ? plan.durationMs : Number.POSITIVE_INFINITY;
}

/** When the first rise ends, in ms: the last point up to which every value is above the one before; 0 if nothing rises. */
export function rampEndMs(plan: Plan): number {
  const rises = (at: number) => (plan.points[at]?.value ?? 0) > (plan.points[at - 1]?.value ?? 0);
  let at = plan.points.findIndex((_, index) => rises(index));
  while (at >= 0 && rises(at + 1)) at++;
  return Math.min(plan.points[at]?.atMs ?? 0, plan.durationMs);
}

/**
 * Plans `users` virtual users, reached after users / spawnRatePerSecond seconds (at once when the rate is Infinity) and then held.
 *
 * @throws {ConfigurationError} when `users` or `durationMs` is not 0 or more, or the spawn rate not above 0
 */
export function constantUsersPlan(load: { users: number; spawnRatePerSecond: number; durationMs: number }): Plan {
  const { users, spawnRatePerSecond, durationMs } = load;
  refuseUnlessAmount("users", users);
  if (!(spawnRatePerSecond > 0))
    throw new ConfigurationError(`the spawn rate is ${spawnRatePerSecond}; valid is above 0`);
  if (!(durationMs >= 0)) throw new ConfigurationError(`the duration is ${durationMs} ms; valid is 0 or more`);
  const rampMs = (users / spawnRatePerSecond) * 1_000;
  const full = { atMs: rampMs, value: users };
  const points = rampMs > 0 ? [{ atMs: 0, value: 0 }, full] : [full];
  return truncated({ points, durationMs: Number.POSITIVE_INFINITY }, durationMs);
}

/**
 * Plans stages one after another, each going evenly from the target before it (at first `start`, 0 by default) to its own; a
 * stage of 0 ms jumps there.
 *
 * @throws {ConfigurationError} when there is no stage, or a target or duration is not finite and 0 or more
 */
export function stagesPlan(load: { stages: readonly { durationMs: number; target: number }[]; start?: number }): Plan {
  const { stages, start = 0 } = load;
  if (stages.length === 0) throw new ConfigurationError("the plan has no stage; valid is one or more");
  refuseUnlessAmount("start", start);
  const points: PlanPoint[] = [{ atMs: 0, value: start }];
  let durationMs = 0;
  for (const [index, stage] of stages.entries()) {
    refuseUnlessAmount(`duration in ms of stage ${index + 1}`, stage.durationMs);
    refuseUnlessAmount(`target of stage ${index + 1}`, stage.target);
    durationMs += stage.durationMs;
    points.push({ atMs: durationMs, value: stage.target });
  }
  return { points, durationMs };
}

/**
 * The same plan with another duration in ms: cut off there, or holding the value it ended with until then. Cutting through a
 * slope may move the times of its changes by a rounding error.
 */
export function truncated(plan: Plan, durationMs: number): Plan {
  const cutMs = Math.min(plan.durationMs, durationMs);
  const points = plan.points.filter((point) => point.atMs <= cutMs);
  const last = points.at(-1);
  if (last !== undefined && last.atMs < cutMs && points.length < plan.points.length) {
    points.push({ atMs: cutMs, value: valueAt(plan, cutMs) });
  }
  return { points, durationMs };
}

function refuseUnlessAmount(what: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) throw new ConfigurationError(`the ${what} is ${value}; valid is 0 or more`);
}

/**
 * A stretch startMs <= t < endMs between two points. Virtual users below `always` exist throughout and those from `upTo` on at
 * no time; each one between starts (on a rise) or leaves (on a fall) at its `changeMs`. All that is said about the population
 * derives from that one formula, so that rounding cannot make two functions disagree.
 */
interface Segment {
  readonly startMs: number;
  readonly endMs: number;
  /** Time in which the value goes all the way to `to`: more than endMs - startMs where the plan ends on the way. */
  readonly spanMs: number;
  readonly from: number;
  readonly to: number;
  readonly rises: boolean;
  readonly always: number;
  readonly upTo: number;
}

const segmentsByPlan = new WeakMap<Plan, readonly Segment[]>();

/** The segments up to the plan's duration, without gaps; computed once, as a worker asks for each of its virtual users. */
function segmentsOf(plan: Plan): readonly Segment[] {
  const known = segmentsByPlan.get(plan);
  if (known !== undefined) return known;
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
  segmentsByPlan.set(plan, segments);
  return segments;
}

/** Arithmetic on the way to a plan must not create a virtual user: 3.0000000000000004 users are 3. */
function withoutNoise(value: number): number {
  return Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value;
}

function* segmentsFrom(plan: Plan, atMs: number): Generator<Segment> {
  const segments = segmentsOf(plan);
  let at = Math.max(
    0,
    lastStarted(segments, atMs, (segment) => segment.startMs),
  );
  for (; at < segments.length; at++) yield segments[at] as Segment;
}

function changeMs({ startMs, spanMs, from, to }: Segment, index: number): number {
  return startMs + ((index - from) * spanMs) / (to - from);
}

function changeInside(segment: Segment, index: number, afterMs: number): number | undefined {
  if (index < segment.always || index >= segment.upTo) return undefined;
  const atMs = changeMs(segment, index);
  return atMs > Math.max(afterMs, segment.startMs) && atMs < segment.endMs ? atMs : undefined;
}

function populationWithin(segment: Segment, atMs: number): number {
  const { startMs, spanMs, from, to, always, upTo, rises } = segment;
  const exists = (index: number) => (rises ? changeMs(segment, index) <= atMs : changeMs(segment, index) > atMs);
  const estimate = from === to ? from : from + ((atMs - startMs) * (to - from)) / spanMs;
  let population = Math.min(Math.max(Math.ceil(estimate), always), upTo);
  while (population < upTo && exists(population)) population++;
  while (population > always && !exists(population - 1)) population--;
  return population;
}

/** The position of the last item that starts no later than `atMs`, -1 if none; the items are sorted by start. */
function lastStarted<Item>(items: readonly Item[], atMs: number, startMsOf: (item: Item) => number): number {
  let low = -1;
  let high = items.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (startMsOf(items[middle] as Item) <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
