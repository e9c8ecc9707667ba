import { countVirtualUsers, type VirtualUserOwners } from "./rebalance-counts.ts";
import type { ClassMoves } from "./rebalance-flow.ts";

/** Virtual user `index` goes from the worker at one position to that at another. */
export interface PositionMove {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Carries out `classMoves` on the virtual users 0 <= index < `population`: chooses which of a class go, and to which of its
 * receivers.
 *
 * Goes along the numbers, so that the totals and class counts of the first n stay near each other for every n (best effort):
 * one moves when that lowers the sum of their squares so far, or when all the rest of its class there must go.
 *
 * @returns the moves, ascending by index, which `owners.workers` has been changed by
 */
export function carryOut(owners: VirtualUserOwners, population: number, classMoves: ClassMoves): PositionMove[] {
  const { workers, classes, workerCount } = owners;
  const notYetSeen = countVirtualUsers(owners, population).ofClass;
  const toGive = classMoves.given.slice();
  const toReceive = classMoves.received.slice();
  const soFar = countVirtualUsers(owners, 0);
  /** Half of what one more adds to the sum of squares, less a constant. */
  const load = (at: number) => (soFar.totals[at % workerCount] as number) + (soFar.ofClass[at] as number);
  const moves: PositionMove[] = [];
  for (let index = 0; index < population; index++) {
    const from = workers[index] as number;
    const fromAt = (classes[index] as number) * workerCount + from;
    let toAt = fromAt;
    if ((toGive[fromAt] as number) > 0) {
      const receiverAt = leastLoaded(toReceive, classes[index] as number, workerCount, load);
      if (toGive[fromAt] === notYetSeen[fromAt] || load(receiverAt) < load(fromAt)) toAt = receiverAt;
    }
    const to = toAt % workerCount;
    add(notYetSeen, fromAt, -1);
    add(soFar.ofClass, toAt, 1);
    add(soFar.totals, to, 1);
    if (to === from) continue;
    add(toGive, fromAt, -1);
    add(toReceive, toAt, -1);
    workers[index] = to;
    moves.push({ index, from, to });
  }
  return moves;
}

/** Where in `toReceive` the least loaded worker is that still receives virtual users of the class. */
function leastLoaded(
  toReceive: Int32Array,
  userClass: number,
  workerCount: number,
  load: (at: number) => number,
): number {
  let best = -1;
  for (let at = userClass * workerCount; at < (userClass + 1) * workerCount; at++) {
    if (toReceive[at] !== 0 && (best < 0 || load(at) < load(best))) best = at;
  }
  return best;
}

function add(numbers: Int32Array, at: number, by: number): void {
  numbers[at] = (numbers[at] as number) + by;
}

/**
 * An existing virtual user that starts again on worker `to`. `from` is the worker that stops it first, null when that one has
 * gone.
 */
export interface Move {
  readonly index: number;
  readonly from: number | null;
  readonly to: number;
}

/**
 * When each moved virtual user starts on its new worker, in ms: the k-th (from 0) at fromMs + k / perSecond * 1000.
 *
 * @param perSecond the spawn rate: above 0, Infinity for all at once
 * @throws {RangeError} on any other spawn rate
 */
export function spawnTimes(moves: readonly Move[], fromMs: number, perSecond: number): number[] {
  if (!(perSecond > 0)) throw new RangeError(`the spawn rate is ${perSecond}; valid is above 0`);
  return moves.map((_, k) => fromMs + (k / perSecond) * 1_000);
}
