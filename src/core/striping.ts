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
