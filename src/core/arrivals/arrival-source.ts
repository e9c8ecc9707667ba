import type { Plan } from "../plan/plan.ts";
import type { Random } from "../random.ts";
import { ArrivalTimes } from "./arrivals.ts";

/**
 * Which worker runs iteration `k` of an open load. Each round of `workerCount` iterations in a row gives every worker one, in
 * an order that is turned by another pseudo-random amount each round: with any regular turn, user classes that come again
 * and again with some period (such as workerCount squared, when it is one step a round) would stick to a worker.
 */
export function workerOf(k: number, workerCount: number): number {
  return (k + turnOf(Math.floor(k / workerCount), workerCount)) % workerCount;
}

/**
 * The iterations of one worker, ascending. Another number of workers can apply from an iteration K on that all agree on:
 * whoever was at work before takes those below K, and each new stripe begins with `firstK` = K.
 */
export class Stripe {
  readonly #worker: number;
  readonly #workerCount: number;
  #round: number;

  /**
   * @param worker in 0 <= worker < workerCount
   * @param firstK the stripe has no iteration below it
   * @throws {RangeError} on any other worker, or a number that is not whole
   */
  constructor(worker: number, workerCount: number, firstK = 0) {
    if (!(Number.isSafeInteger(worker) && Number.isSafeInteger(workerCount) && worker >= 0 && worker < workerCount)) {
      throw new RangeError(`there is no worker ${worker} of ${workerCount}`);
    }
    if (!Number.isSafeInteger(firstK) || firstK < 0) throw new RangeError(`there is no iteration ${firstK}`);
    this.#worker = worker;
    this.#workerCount = workerCount;
    this.#round = Math.floor(firstK / workerCount);
    if (this.#kOfRound() < firstK) this.#round++;
  }

  /** The next iteration of this worker. */
  next(): number {
    const k = this.#kOfRound();
    this.#round++;
    return k;
  }

  #kOfRound(): number {
    const turn = turnOf(this.#round, this.#workerCount);
    return this.#round * this.#workerCount + ((this.#worker - turn + this.#workerCount) % this.#workerCount);
  }
}

/** In 0 <= turn < workerCount; the hash is the finalizer of MurmurHash3 by Austin Appleby. */
function turnOf(round: number, workerCount: number): number {
  let bits = round | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) % workerCount;
}

/** One worker's iterations of an open load, one after another; moving on allocates nothing. */
export interface ArrivalSource {
  /** The number of the next iteration, unique over all workers: it decides the user class. */
  readonly k: number;
  /** When it is due, in ms from the plan's start; Infinity after the last one. */
  readonly dueAtMs: number;
  /** Moves on by one iteration. False when there is no more. */
  advance(): boolean;
}

/**
 * Which part of the iterations a worker runs. When the plan or the workers change during a run, all sources stop before an
 * iteration K that everyone agrees on, and new ones begin with `firstK` = K.
 */
export interface ArrivalShare {
  readonly plan: Plan;
  /** In 0 <= worker < workerCount. */
  readonly worker: number;
  readonly workerCount: number;
  /** 0 by default. */
  readonly firstK?: number;
}

/** Iteration k of the cluster is due at T_k exactly, so that over all workers the arrivals are evenly spaced. */
export class EvenArrivals implements ArrivalSource {
  k = 0;
  dueAtMs = 0;
  readonly #times: ArrivalTimes;
  readonly #stripe: Stripe;

  /** @throws {RangeError} when there is no such worker or iteration */
  constructor({ plan, worker, workerCount, firstK }: ArrivalShare) {
    this.#times = new ArrivalTimes(plan);
    this.#stripe = new Stripe(worker, workerCount, firstK);
    this.advance();
  }

  advance(): boolean {
    this.k = this.#stripe.next();
    this.dueAtMs = this.#times.dueAtMs(this.k);
    return this.dueAtMs !== Number.POSITIVE_INFINITY;
  }
}

/**
 * Random arrivals at the plan's rate, as independent visitors make them: a Poisson process from T_firstK on. Exponential gaps
 * in the integral of the rate become times by its inverse; the union of one independent process of 1 / workerCount of the
 * rate per worker is a process of the whole rate (E. Çinlar, Introduction to Stochastic Processes, 1975, ch. 4).
 */
export class PoissonArrivals implements ArrivalSource {
  /** Unique over all workers, but not in the order of the due times: workers draw their arrivals alone. */
  k = 0;
  dueAtMs = 0;
  readonly #times: ArrivalTimes;
  readonly #stripe: Stripe;
  readonly #random: Random;
  readonly #meanGap: number;
  #integral: number;

  /**
   * @param random must be a different stream on each worker
   * @throws {RangeError} when there is no such worker or iteration
   */
  constructor({ plan, worker, workerCount, firstK = 0 }: ArrivalShare, random: Random) {
    this.#times = new ArrivalTimes(plan);
    this.#stripe = new Stripe(worker, workerCount, firstK);
    this.#random = random;
    this.#meanGap = workerCount;
    this.#integral = firstK;
    this.advance();
  }

  advance(): boolean {
    this.k = this.#stripe.next();
    this.#integral -= Math.log(1 - this.#random.next()) * this.#meanGap;
    this.dueAtMs = this.#times.exceedsAtMs(this.#integral);
    return this.dueAtMs !== Number.POSITIVE_INFINITY;
  }
}
