import { lastStarted } from "../last-started.ts";
import { type Plan, valueAt } from "../plan/plan.ts";
import { ProductSum } from "./double-double.ts";

/**
 * When the iterations of an open load are due. The plan's value is an arrival rate per second; I(t) is its integral from time
 * 0 on, in iterations.
 *
 * Iteration k (0, 1, 2, ...) is due at T_k, where I(t) has reached k and begins to exceed it: number 0 when the first positive
 * rate begins, and one that would fall on the beginning of a stretch of rate 0 when that stretch ends, or never. So there are
 * just ceil(I(durationMs)) of them, and no start delay, pause or trailing stretch of rate 0 makes an extra one.
 *
 * T_k is within 1 µs of its exact value, for up to 4e12 iterations.
 */
export class ArrivalTimes {
  readonly #slopes: readonly Slope[];
  readonly #count: number;
  /** Where the last search ended, so that ascending searches take constant time. */
  #at = 0;

  constructor(plan: Plan) {
    this.#slopes = slopesOf(plan);
    const last = this.#slopes.at(-1);
    this.#count = last === undefined ? 0 : wholeCount((last.endHigh + last.endLow) / doubledPerIteration);
    // So near the end that it rounds to it, which only a very high rate brings about.
    if (last !== undefined && this.exceedsAtMs(this.#count - 1) >= last.endMs) this.#count--;
  }

  /** T_k in ms from the plan's start; Infinity when there is no iteration `k` (0, 1, 2, ...). */
  dueAtMs(k: number): number {
    return k < this.#count ? this.exceedsAtMs(k) : Number.POSITIVE_INFINITY;
  }

  /** The time in ms from which on I(t) is above `amount` (0 or more, whole or not); Infinity if it never is. */
  exceedsAtMs(amount: number): number {
    const doubled = amount * doubledPerIteration;
    if (!this.#holds(this.#at, doubled)) {
      this.#at = this.#holds(this.#at + 1, doubled) ? this.#at + 1 : this.#search(doubled);
    }
    const slope = this.#slopes[this.#at];
    return slope === undefined ? Number.POSITIVE_INFINITY : timeWithin(slope, doubled);
  }

  /** The number of iterations of the whole plan; Infinity if they do not end. */
  count(): number {
    return this.#count;
  }

  /** The number of iterations due before a time: those with dueAtMs(k) < atMs. */
  countBefore(atMs: number): number {
    const slope = this.#slopes[lastStarted(this.#slopes, atMs, (candidate) => candidate.startMs)];
    if (slope === undefined || !(atMs > slope.startMs)) {
      return slope === undefined ? 0 : this.#countNear(slope.startHigh, atMs);
    }
    return atMs >= slope.endMs ? this.#countNear(slope.endHigh, atMs) : this.#countNear(doubledAt(slope, atMs), atMs);
  }

  /** Rounding of an integral is a matter of one iteration: its due time settles which side it is on. */
  #countNear(doubled: number, atMs: number): number {
    const near = Math.min(this.#count, Math.ceil(doubled / doubledPerIteration));
    if (near > 0 && this.dueAtMs(near - 1) >= atMs) return near - 1;
    return this.dueAtMs(near) < atMs ? near + 1 : near;
  }

  /** Whether the integral first exceeds an amount on the slope at this position. */
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

/** Rates per second times ms are thousandths of iterations, and a sum of two rates times a duration is twice an area. */
const doubledPerIteration = 2_000;

/**
 * A stretch on which the rate goes evenly `from` one value `to` another, not both 0. Twice the integral (in rate per second
 * times ms) up to its start and its end is high + low: the sum of two doubles, or else 1e9 iterations at a high rate would
 * leave a low rate after them uncertain by milliseconds.
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

/** Rounding (0.1 per second is a little more than that) must not make an iteration at the very end of a plan. */
function wholeCount(total: number): number {
  return total === Number.POSITIVE_INFINITY ? total : Math.ceil(Math.max(0, total - Math.max(1e-9, total * 2 ** -50)));
}

function isBeyond(slope: Slope, doubled: number): boolean {
  return slope.endHigh - doubled + slope.endLow > 0;
}

/** Counted from the end with the lower rate, where nothing cancels: of x² a + 2 r x = c the root c / (r + √(r² + a c)). */
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
