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
