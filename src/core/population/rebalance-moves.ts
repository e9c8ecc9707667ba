import { countVirtualUsers, type VirtualUserOwners } from "./rebalance-counts.ts";
import type { ClassMoves } from "./rebalance-flow.ts";

/** Virtual user `index` moves from the worker at position `from` to the one at position `to`. */
export interface PositionMove {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Applies `classMoves` to the virtual users 0 <= index < `population`: chooses which users of a class move, and to which of
 * its receivers.
 *
 * Visits the users in ascending order, so that the totals and class counts of the first n stay near each other for every n
 * (best effort): a user moves if that lowers the sum of their squares so far, or if all remaining users of its class on its
 * worker must move.
 *
 * @returns the moves, ascending by index; `owners.workers` has been changed accordingly
 */
export function carryOut(owners: VirtualUserOwners, population: number, classMoves: ClassMoves): PositionMove[] {
  const { workers, classes, workerCount } = owners;
  const notYetSeen = countVirtualUsers(owners, population).ofClass;
  const toGive = classMoves.given.slice();
  const toReceive = classMoves.received.slice();
  const soFar = countVirtualUsers(owners, 0);
  /** Half of what one more user adds to the sum of squares, less a constant. */
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

/** The position in `toReceive` of the least loaded worker that still receives virtual users of the class. */
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
 * An existing virtual user that restarts on worker `to`. `from` is the worker that stops it first; null if that worker is
 * gone.
 */
export interface Move {
  readonly index: number;
  readonly from: number | null;
  readonly to: number;
}

/**
 * The times in ms at which the moved virtual users start on their new workers: the k-th (from 0) at fromMs + k / perSecond
 * * 1000.
 *
 * @param perSecond the spawn rate: above 0, Infinity for all at once
 * @throws RangeError if the spawn rate is not above 0
 */
export function spawnTimes(moves: readonly Move[], fromMs: number, perSecond: number): number[] {
  if (!(perSecond > 0)) throw new RangeError(`the spawn rate is ${perSecond}; it must be above 0`);
  return moves.map((_, k) => fromMs + (k / perSecond) * 1_000);
}
