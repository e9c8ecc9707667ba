import { type Move, spawnTimes } from "../../core/population/rebalance-moves.ts";

/**
 * A user that moves to another worker at `atMs`. Until then it stays where it was, or runs nowhere if that worker has
 * left (null).
 */
interface TimedMove {
  readonly index: number;
  readonly from: number | null;
  readonly to: number;
  readonly atMs: number;
}

/** Users on their way from one worker to another, one after another by the spawn rate. */
export class PendingMoves {
  readonly #moves = new Map<number, TimedMove>();

  /** Queues further moves from `atMs` on, behind those that still wait then. */
  add(moves: readonly Move[], atMs: number, perSecond: number): void {
    let fromMs = atMs;
    for (const move of this.#moves.values()) {
      if (move.atMs <= atMs) this.#moves.delete(move.index);
      else fromMs = Math.max(fromMs, move.atMs + 1_000 / perSecond);
    }
    const times = spawnTimes(moves, fromMs, perSecond);
    for (const [position, move] of moves.entries()) this.#add(move, times[position] ?? atMs);
  }

  /** Users of a worker that has left run nowhere until their time. */
  forget(worker: number): void {
    for (const move of this.#moves.values()) {
      if (move.from === worker) this.#moves.set(move.index, { ...move, from: null });
    }
  }

  /** The users that move to the worker, and when. */
  arriving(worker: number): [index: number, atMs: number][] {
    return this.#timesOf((move) => move.to === worker);
  }

  /** The users that move away from the worker, and when. */
  leaving(worker: number): [index: number, atMs: number][] {
    return this.#timesOf((move) => move.from === worker);
  }

  /** A user that has not moved yet is still where it was. If it is to move back there, it stays. */
  #add({ index, from, to }: Move, atMs: number): void {
    const waiting = this.#moves.get(index);
    const runsOn = waiting === undefined ? from : waiting.from;
    if (runsOn === to) this.#moves.delete(index);
    else this.#moves.set(index, { index, from: runsOn, to, atMs });
  }

  #timesOf(isMeant: (move: TimedMove) => boolean): [number, number][] {
    return [...this.#moves.values()].filter(isMeant).map(({ index, atMs }) => [index, atMs]);
  }
}
