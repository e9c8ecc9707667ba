import { ConfigurationError } from "../errors.ts";
import type { Random } from "../random.ts";

/** Chooses the tasks of one virtual user, one after another. */
export interface TaskChoice {
  /** The position of the next task, in 0 <= position < number of weights. */
  next(): number;
  /** Leaves the innermost task set when the task ends; returns false outside of sets. Only for a class with task sets or loops. */
  leave?(): boolean;
  /** Whether no task is left; read it between two tasks. Only for a class with tasks that run once. */
  readonly isOver?: boolean;
}

/**
 * The order of tasks. "random": by weight; "sequential": in order of definition, again and again, each task of weight above
 * 0 once per round.
 */
export type TaskOrder = "random" | "sequential";

const mostCards = 1_000;

/**
 * Prepares the choice of tasks for a user class. The returned function creates the choice of one virtual user.
 *
 * In random order, weights in a ratio of small whole numbers (40 : 30 : 20 : 8 : 2 is 20 : 15 : 10 : 4 : 1) are dealt from
 * a shuffled deck, so that each full deck (here every 50 iterations) has the exact shares. Where the deck would need more
 * than 1,000 cards, each draw is independent and the shares hold on average.
 *
 * @param weights finite, 0 or more, at least one above 0; a task of weight 0 is never chosen
 * @throws ConfigurationError if a weight is not valid
 */
export function createTaskPicker(weights: readonly number[], order: TaskOrder): (random: Random) => TaskChoice {
  for (const [index, weight] of weights.entries()) {
    if (!Number.isFinite(weight) || weight < 0) {
      throw new ConfigurationError(`task ${index} has the weight ${weight}; valid is a finite number, 0 or more`);
    }
  }
  if (!weights.some((weight) => weight > 0)) throw new ConfigurationError("no task has a weight above 0");
  if (order === "sequential") {
    const tasks = [...weights.keys()].filter((task) => (weights[task] as number) > 0);
    return () => new SequentialChoice(tasks);
  }
  const deck = sortedDeck(weights);
  if (deck !== undefined) return (random) => new DeckChoice(deck.slice(), random);
  const cumulative = cumulativeShares(weights);
  return (random) => new IndependentChoice(cumulative, random);
}

class SequentialChoice implements TaskChoice {
  readonly #tasks: readonly number[];
  #position = 0;

  constructor(tasks: readonly number[]) {
    this.#tasks = tasks;
  }

  next(): number {
    const task = this.#tasks[this.#position] as number;
    this.#position = (this.#position + 1) % this.#tasks.length;
    return task;
  }
}

/** Deals without replacement by R. Durstenfeld's shuffle (CACM 7, 1964, Algorithm 235), one swap per draw. */
class DeckChoice implements TaskChoice {
  readonly #cards: Uint8Array | Uint16Array;
  readonly #random: Random;
  #remaining: number;

  constructor(cards: Uint8Array | Uint16Array, random: Random) {
    this.#cards = cards;
    this.#random = random;
    this.#remaining = cards.length;
  }

  next(): number {
    const position = this.#random.integerBelow(this.#remaining);
    const last = this.#remaining - 1;
    const drawn = this.#cards[position] as number;
    this.#cards[position] = this.#cards[last] as number;
    this.#cards[last] = drawn;
    // The dealt cards are behind the remaining ones, so the whole array is the next deck.
    this.#remaining = last === 0 ? this.#cards.length : last;
    return drawn;
  }
}

class IndependentChoice implements TaskChoice {
  readonly #cumulative: Float64Array;
  readonly #random: Random;

  constructor(cumulative: Float64Array, random: Random) {
    this.#cumulative = cumulative;
    this.#random = random;
  }

  /**
   * Returns the first task whose cumulative share exceeds the draw. A task of weight 0 adds nothing, so it is never chosen.
   */
  next(): number {
    const drawn = this.#random.next() * (this.#cumulative.at(-1) as number);
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cumulative[middle] as number) > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function cumulativeShares(weights: readonly number[]): Float64Array {
  // Divided by the largest, because the sum of enormous weights would be infinite.
  const largest = Math.max(...weights);
  let sum = 0;
  return Float64Array.from(weights, (weight) => {
    sum += weight / largest;
    return sum;
  });
}

/**
 * A deck with one card per unit of the smallest whole-number weights of the same ratio; undefined if it would be too large.
 */
function sortedDeck(weights: readonly number[]): Uint8Array | Uint16Array | undefined {
  const scale = 10 ** Math.max(...weights.map(decimalPlaces));
  const whole = weights.map((weight) => Math.round(weight * scale));
  if (!whole.every(Number.isSafeInteger) || weights.length > 65_536) return undefined;
  const divisor = whole.reduce(greatestCommonDivisor);
  const cards = whole.map((weight) => weight / divisor);
  const cardCount = cards.reduce((sum, count) => sum + count);
  if (cardCount > mostCards) return undefined;
  const deck = weights.length > 256 ? new Uint16Array(cardCount) : new Uint8Array(cardCount);
  let filled = 0;
  for (const [task, count] of cards.entries()) {
    deck.fill(task, filled, filled + count);
    filled += count;
  }
  return deck;
}

/** The number of decimals in the shortest form of a number: 2 for 0.25, 7 for 1e-7. */
function decimalPlaces(value: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  const decimals = digits.split(".")[1]?.length ?? 0;
  return Math.max(0, decimals - Number(exponent));
}

function greatestCommonDivisor(first: number, second: number): number {
  return second === 0 ? first : greatestCommonDivisor(second, first % second);
}
