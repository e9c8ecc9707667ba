/** The orders in which the rows of a data source can follow each other. */
export const rowOrders = ["listed", "shuffled", "random"] as const;
export type RowOrder = (typeof rowOrders)[number];

/**
 * The rounds of the Feistel network. Four are enough for many rows (Luby and Rackoff, 1988); with four, the orders of ten
 * rows are not equally probable.
 */
const rounds = 8;

/**
 * The number of the row at a position, from 0, in an endless sequence: `listed` and `shuffled` begin again after the last
 * row, `shuffled` in another order each time, and `random` draws each row anew. Nothing is stored: all processes with the same
 * seed know the same sequence.
 * @param count the number of rows, 1 or more and at most 2^32
 */
export function rowAt(order: RowOrder, position: number, count: number, seed: number): number {
  if (order === "listed") return position % count;
  if (order === "shuffled") return permuted(position % count, count, mixed(seed, Math.floor(position / count)));
  const high = mixed(seed, position);
  const low = mixed(high, Math.floor(position / 2 ** 32) + 1);
  // 53 bits, so that every row is equally probable to 1 in 10^6 even with 2^32 rows.
  return Math.floor(((high * 2 ** 21 + (low >>> 11)) / 2 ** 53) * count);
}

/**
 * A permutation of 0 <= value < count: a Feistel network over the smallest power of four that holds all values, applied again
 * while the result is too large (cycle walking; Black and Rogaway, 2002).
 */
function permuted(value: number, count: number, key: number): number {
  let halfBits = 1;
  while (2 ** (2 * halfBits) < count) halfBits++;
  const half = 2 ** halfBits;
  let result = value;
  do {
    let left = Math.floor(result / half);
    let right = result % half;
    for (let round = 0; round < rounds; round++) {
      const next = (left ^ mixed(key + round, right)) & (half - 1);
      left = right;
      right = next;
    }
    result = left * half + right;
  } while (result >= count);
  return result;
}

/** Mixes two numbers into 32 bits: MurmurHash3's finalizer over both. */
function mixed(a: number, b: number): number {
  return finalized(
    finalized((a | 0) ^ Math.imul(Math.floor(a / 2 ** 32) | 0, 0x9e3779b9)) + Math.imul(b | 0, 0x85ebca6b) + 1,
  );
}

function finalized(value: number): number {
  let bits = ((value | 0) + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
