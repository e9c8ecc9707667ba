import { type Plan, valueAt } from "../../core/plan/plan.ts";
import type { PlanPause } from "../../core/plan/steered-plan.ts";
import type { ObservedSample } from "../../stats/observed-series.ts";
import type { SpikeResult } from "../spike/spike-result.ts";
import type { Interval } from "../statistics/interval.ts";
import { independentValues } from "../statistics/serial-correlation.ts";
import { studentQuantile, studentUpperTail } from "../statistics/student-distribution.ts";
import { leastNoise, leastShare, type MetricFinding, type Saturation, saturationOf } from "./saturation.ts";
import { readingGapMs, readingsWithin, type WatchedMetric } from "./watched-metric.ts";

/** The minimum number of readings whose noise can be estimated. */
const fewestBefore = 5;
/** The minimum number of readings during the spike: a single reading is not a level. */
const fewestDuring = 2;
/** Targets are judged by the second. */
const secondMs = 1_000;

/** The data of a run with spikes that is needed besides its result. */
export interface SpikedLoad {
  /** The end of the warm-up, before which readings do not count. */
  readonly baselineFromMs: number;
  readonly pauses: readonly PlanPause[];
  /** The actual course of the load; null if it is not known. */
  readonly plan: Plan | null;
}

type Spike = SpikeResult["spikes"][number];

/**
 * Finds the observed metrics that moved in a spike by more than the load did: at the peak they lie outside the range from
 * their level before the spike to that level times the increase of the load. Of several spikes, the first one that broke
 * a target is analysed.
 *
 * @returns null if nothing was observed, or no spike began
 */
export function spikeSaturation(
  metrics: readonly WatchedMetric[],
  { spikes }: SpikeResult,
  load: SpikedLoad,
): Saturation | null {
  const [first] = spikes;
  if (metrics.length === 0 || first === undefined) return null;
  const spike = spikes.find(({ detectMs }) => detectMs !== null) ?? first;
  const factor = loadFactor(load.plan, spike);
  const findings = metrics.map((metric) => findingOf(metric, { spike, firstRiseMs: first.riseMs, factor, load }));
  return saturationOf("spike", brokeAt(spike), findings);
}

function brokeAt({ riseMs, detectMs }: Spike): number | null {
  return detectMs === null ? null : riseMs + detectMs;
}

/** The load at the peak divided by the load before the spike, at least 1; 1 if it is not known. */
function loadFactor(plan: Plan | null, { riseMs, peakMs }: Spike): number {
  if (plan === null) return 1;
  const [before, peak] = [valueAt(plan, riseMs - 1), valueAt(plan, peakMs)];
  return before > 0 ? Math.max(1, peak / before) : 1;
}

interface Watched {
  readonly spike: Spike;
  readonly firstRiseMs: number;
  readonly factor: number;
  readonly load: SpikedLoad;
}

function findingOf(metric: WatchedMetric, { spike, firstRiseMs, factor, load }: Watched): MetricFinding {
  const { name, unit, samples } = metric;
  const isPaused = ({ atMs }: ObservedSample) => load.pauses.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
  const before = readingsWithin(metric, load.baselineFromMs, firstRiseMs - 1).filter((one) => !isPaused(one));
  // What is queued at the end of the peak is still there at the next reading.
  const during = readingsWithin(metric, spike.riseMs, spike.dropMs + readingGapMs(samples));
  if (before.length < fewestBefore || during.length < fewestDuring) {
    const reason = `${before.length} readings before the spike and ${during.length} in it; ${fewestBefore} and ${fewestDuring} are needed`;
    return { kind: "untold", name, reason };
  }
  const band = new BaseBand(
    before.map(({ value }) => value),
    during.map(({ value }) => value),
    factor,
  );
  const level = farthestLevel(during, band);
  const { edge, p } = band.departure(level);
  const size = Math.max(Math.abs(level), Math.abs(edge));
  const share = size === 0 ? 0 : Math.abs(level - edge) / size;
  if (share < leastShare) return { kind: "still", name };
  const isBeyond = ({ value }: ObservedSample) => band.isBeyond(value, Math.sign(level - edge));
  const at = samples.find((one, index) => {
    const next = samples[index + 1];
    return one.atMs >= spike.riseMs && isBeyond(one) && next !== undefined && isBeyond(next);
  })?.atMs;
  if (at === undefined) return { kind: "still", name };
  return {
    kind: "moved",
    share,
    metric: {
      name,
      unit,
      kind: level > edge ? "rose" : "fell",
      when: whenOf(at, brokeAt(spike), readingGapMs(samples)),
      at,
      value: level,
      expected: band.expected,
      p: Math.min(1, p * (during.length - 1)),
      backAtMs: backAt(samples, spike.dropMs, band),
    },
  };
}

/** Whether a metric moved before, with or after the second in which a target broke, as precisely as its readings show. */
function whenOf(at: number, breakAt: number | null, gapMs: number): "before" | "with" | "after" {
  if (breakAt === null) return "with";
  if (at < breakAt) return "before";
  return at - gapMs <= breakAt + secondMs ? "with" : "after";
}

/** The level farthest from the expected range that two consecutive readings reached. */
function farthestLevel(during: readonly ObservedSample[], band: BaseBand): number {
  let [farthest, most] = [during[0]?.value ?? 0, 0];
  for (const [index, { value: second }] of during.slice(1).entries()) {
    const first = during[index]?.value ?? second;
    const nearer =
      Math.abs(band.departure(first).deviations) < Math.abs(band.departure(second).deviations) ? first : second;
    const { deviations } = band.departure(nearer);
    if (deviations === 0 || band.departure(first).deviations * band.departure(second).deviations <= 0) continue;
    if (Math.abs(deviations) > most) [farthest, most] = [nearer, Math.abs(deviations)];
  }
  return farthest;
}

function backAt(samples: readonly ObservedSample[], dropMs: number, band: BaseBand): number | null {
  const after = samples.filter(({ atMs }) => atMs >= dropMs);
  const isBack = (sample: ObservedSample | undefined) => sample !== undefined && band.isUsual(sample.value);
  return after.find((one, index) => isBack(one) && isBack(after[index + 1]))?.atMs ?? null;
}

/**
 * The range that is expected of a metric at the peak, by its readings before: from its level to that level times the
 * increase of the load.
 */
class BaseBand {
  readonly #mean: number;
  readonly #factor: number;
  readonly #error: number;
  /** The highest level that the load explains, and the error of a reading there. */
  readonly #most: number;
  readonly #errorAtMost: number;
  readonly #degrees: number;

  constructor(before: readonly number[], during: readonly number[], factor: number) {
    const { length } = before;
    const mean = before.reduce((sum, value) => sum + value, 0) / length;
    const squares = before.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const all = [...before, ...during];
    const { ofMean, ofVariance } = independentValues(before);
    const noise = leastNoise * (Math.max(...all) - Math.min(...all));
    this.#mean = mean;
    this.#factor = mean > 0 ? factor : 1;
    this.#error = Math.max(noise, Math.sqrt(squares / (length - 1))) * Math.sqrt(1 + 1 / Math.max(1, ofMean));
    this.#degrees = Math.max(1, Math.floor(ofVariance) - 1);
    const isCount = all.every((value) => Number.isInteger(value) && value >= 0);
    this.#most = isCount ? highestMean(mean, Math.max(1, ofMean)) * factor : mean * this.#factor;
    this.#errorAtMost = Math.max(this.#error * this.#factor, isCount ? Math.sqrt(this.#most) : 0);
  }

  departure(value: number): { readonly edge: number; readonly deviations: number; readonly p: number } {
    const edge = Math.min(this.#most, Math.max(this.#mean, value));
    const error = value > edge ? this.#errorAtMost : this.#error;
    const deviations = error === 0 ? 0 : (value - edge) / error;
    return { edge, deviations, p: Math.min(1, 2 * studentUpperTail(Math.abs(deviations), this.#degrees)) };
  }

  isBeyond(value: number, sign: number): boolean {
    return this.departure(value).deviations * sign > studentQuantile(0.995, this.#degrees);
  }

  /** Whether a value is usual for the load before the spike. */
  isUsual(value: number): boolean {
    return Math.abs(value - this.#mean) <= studentQuantile(0.995, this.#degrees) * this.#error;
  }

  get expected(): Interval {
    const reach = studentQuantile(0.975, this.#degrees) * this.#error;
    const low = this.#mean - reach;
    return {
      low: this.#mean >= 0 ? Math.max(0, low) : low,
      high: this.#most + studentQuantile(0.975, this.#degrees) * this.#errorAtMost,
    };
  }
}

/**
 * The upper 97.5 % confidence bound of the mean of `count` independent Poisson counts, such as the number of requests in
 * flight: a few readings of 0 do not prove that there are none. It is above the exact bound of F. Garwood (1936).
 */
function highestMean(mean: number, count: number): number {
  const sum = mean * count;
  return (sum + 2 + 1.96 * Math.sqrt(sum + 1)) / count;
}
