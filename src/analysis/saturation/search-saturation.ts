import type { CapacityResult } from "../capacity/capacity-result.ts";
import { type AnySearchEvent, rateEvents } from "../capacity/search.ts";
import type { Trial, UserTrial } from "../capacity/trial.ts";
import { median } from "../statistics/median.ts";
import type { SeriesPoint } from "../statistics/series-point.ts";
import { type Departure, fewestOfLine, LoadLine } from "./load-line.ts";
import {
  leastNoise,
  leastShare,
  type MetricFinding,
  type MoveKind,
  type Saturation,
  saturationOf,
} from "./saturation.ts";
import { readingsWithin, type WatchedMetric } from "./watched-metric.ts";

/** A trial, and whether the service broke under its load. */
interface LoadTrial {
  readonly load: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly isBroken: boolean;
}

/** The time between two trials, in which the load was low again. */
interface Rest {
  readonly load: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The minimum number of readings between trials that show whether a metric follows the load. */
const fewestOfRests = 2;
/** The minimum fall of a metric when the load falls, as a share of its rise with the load. */
const followedShare = 0.5;
/** The share of the highest load that held above which a trial counts as near the break. */
const nearBreak = 0.8;

/** The chance that a level of a trial that held seems to have left the line by chance. */
const leftByChance = 0.01;

/**
 * Finds the observed metrics that left the line through their levels in the trials that held: in a trial that failed, the
 * load does not explain their level.
 *
 * A metric that stops rising at the break may also have warmed up while the load climbed. So a ceiling counts only if the
 * metric falls with the load between trials.
 *
 * @returns null if nothing was observed, or no trial failed
 */
export function searchSaturation(
  metrics: readonly WatchedMetric[],
  capacity: CapacityResult,
  events: readonly AnySearchEvent[],
): Saturation | null {
  const trials = loadTrials(capacity);
  const broken = trials.filter(({ isBroken }) => isBroken).map(({ load }) => load);
  if (metrics.length === 0 || broken.length === 0) return null;
  const breakAt = brokenAt(capacity) ?? Math.min(...broken);
  const rests = restsIn(events);
  const findings = metrics.map((metric) => findingOf(metric, trials, rests));
  return saturationOf(capacity.kind === "users" ? "users" : "rate", breakAt, findings);
}

function loadTrials(capacity: CapacityResult): LoadTrial[] {
  const trials: readonly (Trial | UserTrial)[] = capacity.trials;
  return trials.flatMap((trial) => {
    const { outcome, startMs, settleMs, measureMs } = trial;
    if (outcome.kind === "invalid") return [];
    const load = trial.kind === "users" ? trial.users : trial.ratePerSecond;
    const fromMs = startMs + settleMs;
    return [{ load, fromMs, toMs: fromMs + measureMs, isBroken: outcome.kind === "failed" }];
  });
}

/** The second half of each drain, in which the service has worked off the backlog of the trial. */
function restsIn(events: readonly AnySearchEvent[]): Rest[] {
  return rateEvents(events).flatMap((event) => {
    if (event.kind !== "drain") return [];
    const { ratePerSecond: load, startMs, tookMs } = event;
    return [{ load, fromMs: startMs + tookMs / 2, toMs: startMs + tookMs }];
  });
}

function brokenAt(result: CapacityResult): number | null {
  if (result.kind === "users") return null;
  const { capacity } = result;
  if (capacity.kind === "below") return capacity.ratePerSecond;
  return capacity.kind === "unknown" ? null : capacity.failsAtPerSecond;
}

interface Levels {
  readonly held: readonly SeriesPoint[];
  readonly broken: readonly SeriesPoint[];
  readonly readings: number;
}

/** The median of the readings of each trial, by its load. */
function levelsOf(metric: WatchedMetric, trials: readonly LoadTrial[]): Levels {
  let readings = 0;
  const [held, broken]: [SeriesPoint[], SeriesPoint[]] = [[], []];
  for (const { load, fromMs, toMs, isBroken } of trials) {
    const values = readingsWithin(metric, fromMs, toMs).map(({ value }) => value);
    readings += values.length;
    if (values.length > 0) (isBroken ? broken : held).push({ at: load, value: median(values) });
  }
  return { held, broken, readings };
}

function findingOf(metric: WatchedMetric, trials: readonly LoadTrial[], rests: readonly Rest[]): MetricFinding {
  const { name, unit, isRate } = metric;
  const { held, broken, readings } = levelsOf(metric, trials);
  if (held.length < fewestOfLine || broken.length === 0) {
    const where = `in ${held.length} trials that held and ${broken.length} that failed`;
    return { kind: "untold", name, reason: `${readings} readings ${where}; ${fewestOfLine} and 1 are needed` };
  }
  if (held.every(({ at }) => at === held[0]?.at)) {
    return { kind: "untold", name, reason: "all trials that held had the same load" };
  }
  const values = [...held, ...broken].map(({ value }) => value);
  const noise = leastNoise * (Math.max(...values) - Math.min(...values));
  const line = new LoadLine(held, noise);
  const farthest = farthestOf(line, broken);
  const share = shareOf(farthest);
  const sign = Math.sign(farthest.departure.deviations);
  const kind = kindOf(sign, line.direction);
  // A rate stops rising when the throughput of the service does: that says nothing about what the service lacks.
  const isDoubtful = (kind === "ceiling" && isRate) || (isEnd(kind) && !followsLoad(metric, held, line, rests));
  const isNoFinding = share < leastShare || !isAgreed(line, broken, farthest) || isDoubtful;
  if (isNoFinding) return { kind: "still", name };
  const highest = Math.max(...held.map(({ at }) => at));
  const leftAt = leftLineAt(held, sign, Math.abs(farthest.level.value - farthest.departure.expected), noise);
  const isBefore = leftAt !== null && leftAt < highest;
  const p = Math.min(1, farthest.departure.p * broken.length);
  const { low, high } = farthest.departure.interval;
  const least = values.every((value) => value >= 0) ? 0 : Number.NEGATIVE_INFINITY;
  return {
    kind: "moved",
    share,
    metric: {
      name,
      unit,
      kind,
      when: isBefore ? "before" : "with",
      at: isBefore ? leftAt : farthest.level.at,
      value: farthest.level.value,
      expected: { low: Math.max(low, least), high: Math.max(high, least) },
      p,
    },
  };
}

interface BrokenLevel {
  readonly level: SeriesPoint;
  readonly departure: Departure;
}

function farthestOf(line: LoadLine, broken: readonly SeriesPoint[]): BrokenLevel {
  const departures = broken.map((level) => ({ level, departure: line.departure(level) }));
  return departures.reduce((most, other) =>
    Math.abs(other.departure.deviations) > Math.abs(most.departure.deviations) ? other : most,
  );
}

function shareOf({ level, departure }: BrokenLevel): number {
  const size = Math.max(Math.abs(level.value), Math.abs(departure.expected));
  return size === 0 ? 0 : Math.abs(level.value - departure.expected) / size;
}

/** Whether most of the trials that failed at this load or a higher one left the line on the same side. */
function isAgreed(line: LoadLine, broken: readonly SeriesPoint[], { level, departure }: BrokenLevel): boolean {
  const beyond = broken.filter(({ at }) => at >= level.at);
  const same = beyond.filter((one) => line.departure(one).deviations * departure.deviations > 0);
  return same.length * 2 > beyond.length;
}

function kindOf(sign: number, direction: 1 | -1 | 0): MoveKind {
  if (sign > 0) return direction < 0 ? "floor" : "rose";
  return direction > 0 ? "ceiling" : "fell";
}

function isEnd(kind: MoveKind): boolean {
  return kind === "ceiling" || kind === "floor";
}

/**
 * Whether a metric returns when the load does: between trials, it differs from its level in trials near the break as its
 * line predicts.
 */
function followsLoad(
  metric: WatchedMetric,
  held: readonly SeriesPoint[],
  line: LoadLine,
  rests: readonly Rest[],
): boolean {
  const readings = rests.flatMap(({ load, fromMs, toMs }) =>
    readingsWithin(metric, fromMs, toMs).map(({ value }) => ({ at: load, value })),
  );
  if (readings.length < fewestOfRests) return false;
  const highest = Math.max(...held.map(({ at }) => at));
  const near = held.filter(({ at }) => at >= nearBreak * highest);
  const middle = (points: readonly SeriesPoint[], of: (point: SeriesPoint) => number) => median(points.map(of));
  const way = (of: (point: SeriesPoint) => number) => middle(near, of) - middle(readings, of);
  const expected = way((point) => line.departure(point).expected);
  return way(({ value }) => value) / expected >= followedShare;
}

/**
 * The lowest load of a trial that held from which the metric was off the line through its levels at lower loads, by at
 * least a tenth of its final distance from the line; null if it was on the line up to the break.
 */
function leftLineAt(held: readonly SeriesPoint[], sign: number, way: number, noise: number): number | null {
  const loads = [...new Set(held.map(({ at }) => at))].sort((a, b) => a - b);
  for (const load of loads) {
    const below = held.filter(({ at }) => at < load);
    if (below.length < fewestOfLine || below.every(({ at }) => at === below[0]?.at)) continue;
    const line = new LoadLine(below, noise);
    const isOff = (level: SeriesPoint) => {
      const { expected, deviations, p } = line.departure(level);
      return deviations * sign > 0 && p < leftByChance && Math.abs(level.value - expected) >= leastShare * way;
    };
    if (held.filter(({ at }) => at >= load).every(isOff)) return load;
  }
  return null;
}
