import { ConfigurationError } from "../errors.ts";

/**
 * The share of a user class: `weight` is its weight among the weighted classes, 0 or more; `fixedCount`, if given, is its
 * number of users instead.
 */
export interface ClassShare {
  readonly weight: number;
  readonly fixedCount?: number;
}

const mostClasses = 65_536; // the sequence is stored in 16 bits per element

/**
 * The user classes of virtual users 0, 1, 2, ...: one deterministic infinite sequence that every process derives alike.
 *
 * The first elements, as many as the sum of all `fixedCount`s, belong to the classes with a fixed count; the rest belong to
 * the weighted classes. In each of the two parts, after any n elements, the count of each class is within 1 of its exact
 * share.
 */
export class ClassSequence {
  /** The number of elements: Infinity, or the sum of the fixed counts if no class is weighted. */
  readonly limit: number;
  readonly #classCount: number;
  readonly #fixedTotal: number;
  readonly #fixed: ChairmanAssignment;
  readonly #weighted: ChairmanAssignment;
  #elements = new Uint16Array(64);
  #length = 0;

  /** @throws ConfigurationError if a weight or count is not valid, or no class could ever have a virtual user */
  constructor(shares: readonly ClassShare[]) {
    if (shares.length > mostClasses) throw new ConfigurationError(`at most ${mostClasses} user classes are possible`);
    for (const [index, share] of shares.entries()) refuseBadShare(index, share);
    this.#classCount = shares.length;
    this.#fixed = new ChairmanAssignment(shares.map((share) => share.fixedCount ?? 0));
    this.#weighted = new ChairmanAssignment(shares.map((share) => (share.fixedCount === undefined ? share.weight : 0)));
    this.#fixedTotal = shares.reduce((sum, share) => sum + (share.fixedCount ?? 0), 0);
    this.limit = this.#weighted.isEmpty ? this.#fixedTotal : Number.POSITIVE_INFINITY;
    if (this.limit === 0) throw new ConfigurationError("no user class has a weight or a fixed count above 0");
  }

  /**
   * The class of virtual user `index` (both counted from 0).
   *
   * @throws RangeError if `index` is not a whole number in 0 <= index < limit
   */
  classOf(index: number): number {
    if (index >= this.#length || !(index >= 0)) this.#growTo(index + 1);
    const element = this.#elements[index];
    if (element === undefined) throw new RangeError(`no virtual user has the number ${index}`);
    return element;
  }

  /**
   * The number of virtual users of each class among the first `length`, in the order of the classes.
   *
   * @throws RangeError if `length` is not a whole number in 0 <= length <= limit
   */
  counts(length: number): number[] {
    this.#growTo(length);
    const counts = new Array<number>(this.#classCount).fill(0);
    for (let index = 0; index < length; index++) {
      const served = this.#elements[index] as number;
      counts[served] = (counts[served] as number) + 1;
    }
    return counts;
  }

  #growTo(length: number): void {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.limit) {
      throw new RangeError(`the class sequence has ${this.limit} elements, not ${length}`);
    }
    if (length > this.#elements.length) {
      const larger = new Uint16Array(Math.max(length, this.#elements.length * 2));
      larger.set(this.#elements);
      this.#elements = larger;
    }
    while (this.#length < length) {
      const part = this.#length < this.#fixedTotal ? this.#fixed : this.#weighted;
      this.#elements[this.#length++] = part.next();
    }
  }
}

/**
 * Chooses k "states" (classes) in turn by weight (R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32,
 * 1980): each year's chairman comes from the state with the earliest deadline among those that are owed at least 1 / (2k -
 * 2) of a turn. No state is ever further than 1 - 1 / (2k - 2) from its share. That margin below 1 absorbs rounding, since
 * nothing is accumulated.
 */
class ChairmanAssignment {
  readonly isEmpty: boolean;
  readonly #states: readonly number[];
  readonly #weights: Float64Array;
  readonly #served: Float64Array;
  readonly #total: number;
  readonly #leastOwed: number;
  #years = 0;

  constructor(weights: readonly number[]) {
    this.#states = [...weights.keys()].filter((state) => (weights[state] as number) > 0);
    const positive = this.#states.map((state) => weights[state] as number);
    // Scaled so that neither enormous nor tiny weights overflow below; a power of two keeps the ratios exact.
    const scale = 2 ** Math.min(1_023, -Math.floor(Math.log2(Math.max(...positive, Number.MIN_VALUE))));
    this.#weights = Float64Array.from(positive, (weight) => weight * scale);
    this.#total = sumOf(this.#weights);
    this.#served = new Float64Array(positive.length);
    this.#leastOwed = positive.length > 1 ? 1 / (2 * positive.length - 2) : 0;
    this.isEmpty = positive.length === 0;
  }

  next(): number {
    this.#years++;
    let chosen = -1;
    let earliest = Number.POSITIVE_INFINITY;
    let mostOwed = 0;
    let mostOwedAt = 0;
    for (let index = 0; index < this.#weights.length; index++) {
      const weight = this.#weights[index] as number;
      const owed = (this.#years * weight) / this.#total - (this.#served[index] as number);
      if (owed > mostOwed) {
        mostOwed = owed;
        mostOwedAt = index;
      }
      const deadline = (1 - this.#leastOwed - owed) / weight;
      if (owed >= this.#leastOwed && deadline < earliest) {
        earliest = deadline;
        chosen = index;
      }
    }
    // Two equal weights owe exactly the bound, so that rounding can leave no state above it.
    if (chosen < 0) chosen = mostOwedAt;
    this.#served[chosen] = (this.#served[chosen] as number) + 1;
    return this.#states[chosen] as number;
  }
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function refuseBadShare(index: number, { weight, fixedCount }: ClassShare): void {
  if (!Number.isFinite(weight) || weight < 0) {
    throw new ConfigurationError(`user class ${index} has the weight ${weight}; valid is a finite number, 0 or more`);
  }
  if (fixedCount !== undefined && (!Number.isSafeInteger(fixedCount) || fixedCount < 0)) {
    throw new ConfigurationError(`user class ${index} has the fixed count ${fixedCount}; valid is 0, 1, 2, ...`);
  }
}
