import type { Plan } from "../plan/plan.ts";
import type { Random } from "../random.ts";
import { ArrivalTimes } from "./arrivals.ts";

/**
 * The worker that runs iteration `k` of an open load. Each round of `workerCount` consecutive iterations gives one to every
 * worker, in an order that is rotated by a pseudo-random amount per round. With a regular rotation, user classes that recur
 * with some period (workerCount squared, for a rotation by one per round) would always meet the same worker.
 */
export function workerOf(k: number, workerCount: number): number {
  return (k + turnOf(Math.floor(k / workerCount), workerCount)) % workerCount;
}

/**
 * The numbers of the iterations of one worker, ascending. The number of workers can change at an iteration K that all
 * processes agree on: the old workers run the iterations below K, and each new stripe begins with `firstK` = K.
 */
export class Stripe {
  readonly #worker: number;
  readonly #workerCount: number;
  #round: number;

  /**
   * @param worker in 0 <= worker < workerCount
   * @param firstK the first iteration that the stripe may contain
   * @throws RangeError if the worker is out of range or a number is not whole
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

  /** Returns the next iteration of this worker. */
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

/** The rotation of a round, in 0 <= rotation < workerCount. The hash is the finalizer of MurmurHash3 by Austin Appleby. */
function turnOf(round: number, workerCount: number): number {
  let bits = round | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) % workerCount;
}

/** The iterations of one worker in an open load, one after another. Advancing allocates nothing. */
export interface ArrivalSource {
  /** The number of the next iteration, unique over all workers. It decides the user class. */
  readonly k: number;
  /** The time when the iteration is due, in ms from the plan's start; Infinity after the last one. */
  readonly dueAtMs: number;
  /** Advances to the next iteration. Returns false after the last one. */
  advance(): boolean;
}

/**
 * The part of the iterations that a worker runs. When the plan or the workers change during a run, all sources stop before
 * an iteration K that all processes agree on, and new ones begin with `firstK` = K.
 */
export interface ArrivalShare {
  readonly plan: Plan;
  /** The position of the worker, in 0 <= worker < workerCount. */
  readonly worker: number;
  readonly workerCount: number;
  /** The first iteration that may run; default 0. */
  readonly firstK?: number;
}

/**
 * Evenly spaced arrivals: iteration k of the whole cluster is due at exactly T_k (see {@link ArrivalTimes}), whatever the
 * number of workers.
 */
export class EvenArrivals implements ArrivalSource {
  k = 0;
  dueAtMs = 0;
  readonly #times: ArrivalTimes;
  readonly #stripe: Stripe;

  /** @throws RangeError if there is no such worker or iteration */
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
 * Random arrivals at the plan's rate, as independent visitors make them: a Poisson process from T_firstK on. Exponential
 * gaps in the integral of the rate are turned into times by its inverse. Each worker runs an independent process at 1 /
 * workerCount of the rate; their union is a process of the whole rate (E. Çinlar, Introduction to Stochastic Processes,
 * 1975, ch. 4).
 */
export class PoissonArrivals implements ArrivalSource {
  /**
   * The number of the next iteration, unique over all workers, but not in the order of the due times: each worker draws its
   * arrivals independently.
   */
  k = 0;
  dueAtMs = 0;
  readonly #times: ArrivalTimes;
  readonly #stripe: Stripe;
  readonly #random: Random;
  readonly #meanGap: number;
  #integral: number;

  /**
   * @param random a different stream on each worker
   * @throws RangeError if there is no such worker or iteration
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
