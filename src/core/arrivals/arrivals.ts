import { lastStarted } from "../last-started.ts";
import { type Plan, valueAt } from "../plan/plan.ts";
import { ProductSum } from "./double-double.ts";

/**
 * The times when the iterations of an open load are due. The plan's value is an arrival rate per second; I(t) is its
 * integral from time 0, in iterations.
 *
 * Iteration k (0, 1, 2, ...) is due at T_k, the time when I(t) has reached k and begins to exceed it. Iteration 0 is due
 * when the first positive rate begins. An iteration that falls on the start of a stretch of rate 0 is due when that stretch
 * ends, or never. So there are exactly ceil(I(durationMs)) iterations: no start delay, pause or trailing stretch of rate 0
 * adds one.
 *
 * T_k is within 1 µs of its exact value, for up to 4e12 iterations.
 */
export class ArrivalTimes {
  readonly #slopes: readonly Slope[];
  readonly #count: number;
  /** The slope where the last search ended: ascending searches take constant time. */
  #at = 0;

  constructor(plan: Plan) {
    this.#slopes = slopesOf(plan);
    const last = this.#slopes.at(-1);
    this.#count = last === undefined ? 0 : wholeCount((last.endHigh + last.endLow) / doubledPerIteration);
    // At a very high rate, the last due time can round to the end of the plan.
    if (last !== undefined && this.exceedsAtMs(this.#count - 1) >= last.endMs) this.#count--;
  }

  /** Returns T_k in ms from the plan's start; Infinity if there is no iteration `k` (0, 1, 2, ...). */
  dueAtMs(k: number): number {
    return k < this.#count ? this.exceedsAtMs(k) : Number.POSITIVE_INFINITY;
  }

  /**
   * Returns the time in ms from which I(t) exceeds `amount` (0 or more, not necessarily whole); Infinity if it never does.
   */
  exceedsAtMs(amount: number): number {
    const doubled = amount * doubledPerIteration;
    if (!this.#holds(this.#at, doubled)) {
      this.#at = this.#holds(this.#at + 1, doubled) ? this.#at + 1 : this.#search(doubled);
    }
    const slope = this.#slopes[this.#at];
    return slope === undefined ? Number.POSITIVE_INFINITY : timeWithin(slope, doubled);
  }

  /** The number of iterations of the whole plan; Infinity if the plan never ends. */
  count(): number {
    return this.#count;
  }

  /** The number of iterations due before `atMs`: those with dueAtMs(k) < atMs. */
  countBefore(atMs: number): number {
    const slope = this.#slopes[lastStarted(this.#slopes, atMs, (candidate) => candidate.startMs)];
    if (slope === undefined || !(atMs > slope.startMs)) {
      return slope === undefined ? 0 : this.#countNear(slope.startHigh, atMs);
    }
    return atMs >= slope.endMs ? this.#countNear(slope.endHigh, atMs) : this.#countNear(doubledAt(slope, atMs), atMs);
  }

  /** Corrects a rounded integral, which can be wrong by one iteration: the due time of the iteration decides. */
  #countNear(doubled: number, atMs: number): number {
    const near = Math.min(this.#count, Math.ceil(doubled / doubledPerIteration));
    if (near > 0 && this.dueAtMs(near - 1) >= atMs) return near - 1;
    return this.dueAtMs(near) < atMs ? near + 1 : near;
  }

  /** Whether the slope at this position is the first on which the integral exceeds the amount. */
  #holds(at: number, doubled: number): boolean {
    const slope = this.#slopes[at];
    return (
      slope !== undefined && isBeyond(slope, doubled) && !(at > 0 && isBeyond(this.#slopes[at - 1] as Slope, doubled))
    );
  }

  #search(doubled: number): number {
    let low = 0;
    let high = this.#slopes.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isBeyond(this.#slopes[middle] as Slope, doubled)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/**
 * The factor from iterations to doubled integrals: rates per second times ms are thousandths of iterations, and the sum of
 * two rates times a duration is twice the area.
 */
const doubledPerIteration = 2_000;

/**
 * A stretch on which the rate changes linearly from `from` to `to`, which are not both 0. Twice the integral (in rate per
 * second times ms) up to its start and its end is high + low, a sum of two doubles: with one double, 1e9 iterations at a
 * high rate would leave the times of a later low rate uncertain by milliseconds.
 */
interface Slope {
  readonly startMs: number;
  readonly endMs: number;
  readonly from: number;
  readonly to: number;
  readonly startHigh: number;
  readonly startLow: number;
  readonly endHigh: number;
  readonly endLow: number;
}

function slopesOf(plan: Plan): Slope[] {
  const slopes: Slope[] = [];
  const doubled = new ProductSum();
  for (const [index, { atMs: startMs, value: from }] of plan.points.entries()) {
    const next = plan.points[index + 1];
    const endMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, plan.durationMs);
    const to = next === undefined ? from : next.atMs > endMs ? valueAt(plan, endMs) : next.value;
    if (endMs <= startMs || from + to === 0) continue;
    const { high: startHigh, low: startLow } = doubled;
    if (endMs === Number.POSITIVE_INFINITY) {
      slopes.push({ startMs, endMs, from, to, startHigh, startLow, endHigh: endMs, endLow: 0 });
      break;
    }
    doubled.add(from, to, endMs, startMs);
    slopes.push({ startMs, endMs, from, to, startHigh, startLow, endHigh: doubled.high, endLow: doubled.low });
  }
  return slopes;
}

/**
 * Rounds up to whole iterations, less a tolerance: rounding errors (the double 0.1 is a little more than 0.1) must not add
 * an iteration at the very end of a plan.
 */
function wholeCount(total: number): number {
  return total === Number.POSITIVE_INFINITY ? total : Math.ceil(Math.max(0, total - Math.max(1e-9, total * 2 ** -50)));
}

function isBeyond(slope: Slope, doubled: number): boolean {
  return slope.endHigh - doubled + slope.endLow > 0;
}

/**
 * The time at which the doubled integral is reached within a slope, computed from the end with the lower rate, where
 * nothing cancels: the root of x² a + 2 r x = c is c / (r + √(r² + a c)).
 */
function timeWithin(slope: Slope, doubled: number): number {
  const { startMs, endMs, from, to } = slope;
  const spanMs = endMs - startMs;
  if (to >= from) {
    const rest = doubled - slope.startHigh - slope.startLow;
    if (!(rest > 0)) return startMs;
    return Math.min(endMs, startMs + rest / (from + Math.sqrt(from * from + (to - from) * (rest / spanMs))));
  }
  const rest = slope.endHigh - doubled + slope.endLow;
  return Math.max(startMs, endMs - rest / (to + Math.sqrt(to * to + (from - to) * (rest / spanMs))));
}

function doubledAt(slope: Slope, atMs: number): number {
  const { startMs, endMs, from, to } = slope;
  const rateThere = from + ((to - from) * (atMs - startMs)) / (endMs - startMs);
  return slope.startHigh + (from + rateThere) * (atMs - startMs);
}
