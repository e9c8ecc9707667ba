import { type Move, spawnTimes } from "../../core/population/rebalance-moves.ts";

/**
 * A user that moves to another worker at `atMs`. Until then it runs on worker `from`; null if that worker has left, so
 * that the user does not run.
 */
interface TimedMove {
  readonly index: number;
  readonly from: number | null;
  readonly to: number;
  readonly atMs: number;
}

/** Users that are due to move from one worker to another, one after another at the spawn rate. */
export class PendingMoves {
  readonly #moves = new Map<number, TimedMove>();

  /** Queues further moves from `atMs` on, behind the moves that are still pending then. */
  add(moves: readonly Move[], atMs: number, perSecond: number): void {
    let fromMs = atMs;
    for (const move of this.#moves.values()) {
      if (move.atMs <= atMs) this.#moves.delete(move.index);
      else fromMs = Math.max(fromMs, move.atMs + 1_000 / perSecond);
    }
    const times = spawnTimes(moves, fromMs, perSecond);
    for (const [position, move] of moves.entries()) this.#add(move, times[position] ?? atMs);
  }

  /** Notes that a worker has left: its users do not run until they move. */
  forget(worker: number): void {
    for (const move of this.#moves.values()) {
      if (move.from === worker) this.#moves.set(move.index, { ...move, from: null });
    }
  }

  /** Drops the moves of users from number `first` on, which do not run and have other workers now. */
  drop(first: number): void {
    for (const index of this.#moves.keys()) if (index >= first) this.#moves.delete(index);
  }

  /** Returns the users that move to the worker, and when. */
  arriving(worker: number): [index: number, atMs: number][] {
    return this.#timesOf((move) => move.to === worker);
  }

  /** Returns the users that move away from the worker, and when. */
  leaving(worker: number): [index: number, atMs: number][] {
    return this.#timesOf((move) => move.from === worker);
  }

  /**
   * Queues one move. A user with a pending move still runs on its old worker. If the new move would take it back there,
   * it stays.
   */
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
