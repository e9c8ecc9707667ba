/**
 * A seeded pseudo-random number generator that allocates nothing per draw; not for secrets.
 *
 * The generator is sfc32 by Chris Doty-Humphrey (PractRand 0.94): 96 bits of state and a 32-bit counter, so at least 2^32
 * draws between repetitions. Seed and stream map one to one to the state, so no two pairs of them share a sequence.
 */
export class Random {
  // Signed 32-bit integers, which 64-bit V8 stores in the object itself.
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param seed any safe integer; the whole run shares it
   * @param stream a whole number in 0 <= stream < 2^32, such as the number of a virtual user
   * @throws RangeError if a value is out of range
   */
  constructor(seed: number, stream: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is a safe integer, not ${seed}`);
    if (stream !== stream >>> 0) throw new RangeError(`a stream is a whole number below 2^32, not ${stream}`);
    this.#a = mixed(seed);
    this.#b = mixed(Math.floor(seed / 2 ** 32));
    this.#c = mixed(stream);
    // PractRand's own seeding discards 15 draws, after which each state bit has touched every other one.
    for (let discarded = 0; discarded < 15; discarded++) this.#nextInteger();
  }

  /** Returns the next number, uniform in [0, 1), in steps of 2^-32. */
  next(): number {
    return (this.#nextInteger() >>> 0) / 2 ** 32;
  }

  /**
   * Returns the next whole number, exactly uniform in 0 <= value < bound.
   *
   * @throws RangeError if `bound` is not a whole number in 1 <= bound <= 2^32
   */
  integerBelow(bound: number): number {
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32)) throw new RangeError(`bad bound: ${bound}`);
    // Draws above the last whole multiple of the bound would favour small values.
    const fairBelow = 2 ** 32 - (2 ** 32 % bound);
    let drawn = this.#nextInteger() >>> 0;
    while (drawn >= fairBelow) drawn = this.#nextInteger() >>> 0;
    return drawn % bound;
  }

  #nextInteger(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result;
  }
}

/**
 * A permutation of the 32-bit integers that spreads neighbours: splitmix32, which is the gamma step and MurmurHash3's
 * finalizer.
 */
function mixed(value: number): number {
  let bits = ((value | 0) + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
