/** Smaller than any share of one request, larger than the rounding of `calls * share`. */
const ROUNDING = 1e-9;

/** Picks an even share of calls without chance: after n calls, n times the share were picked, rounded down. */
export class EvenShare {
  readonly #share: number;
  #calls = 0;

  /** `share` is 0 to 1. */
  constructor(share: number) {
    this.#share = share;
  }

  picks(): boolean {
    const before = Math.floor(this.#calls * this.#share + ROUNDING);
    this.#calls += 1;
    return Math.floor(this.#calls * this.#share + ROUNDING) > before;
  }
}
