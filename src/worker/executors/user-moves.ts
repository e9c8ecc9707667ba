import type { ClosedSpec } from "../../protocol/scenario-spec.ts";

type Move = readonly [index: number, atMs: number];

/**
 * Tracks users that move between workers. A user that arrives is on this worker from its time on; a user that leaves is on
 * it until its time. A time in the past means now.
 */
export class UserMoves {
  readonly #comesAtMs: ReadonlyMap<number, number>;
  readonly #leavesAtMs: ReadonlyMap<number, number>;
  readonly #owned: ReadonlySet<number>;
  /** The moves in the order of time. */
  readonly #ahead: readonly Move[];
  #next = 0;

  constructor(owned: readonly number[], { moved, leaving }: Pick<ClosedSpec, "moved" | "leaving">) {
    this.#owned = new Set(owned);
    this.#comesAtMs = new Map(moved);
    this.#leavesAtMs = new Map(leaving);
    this.#ahead = [...moved, ...leaving].sort(([, a], [, b]) => a - b);
  }

  /** All users that are on this worker at some time, ascending. */
  get indexes(): number[] {
    return [...new Set([...this.#owned, ...this.#leavesAtMs.keys()])].sort((a, b) => a - b);
  }

  isHere(index: number, nowMs: number): boolean {
    const leavesAtMs = this.#leavesAtMs.get(index);
    if (leavesAtMs !== undefined && nowMs < leavesAtMs) return true;
    return this.#owned.has(index) && nowMs >= (this.#comesAtMs.get(index) ?? Number.NEGATIVE_INFINITY);
  }

  /** Returns the users that have arrived or left since the last call. */
  takeDue(nowMs: number): number[] {
    const first = this.#next;
    while (this.nextAtMs <= nowMs) this.#next++;
    return this.#ahead.slice(first, this.#next).map(([index]) => index);
  }

  /** The time at which the next user arrives or leaves; Infinity if none does. */
  get nextAtMs(): number {
    return this.#ahead[this.#next]?.[1] ?? Number.POSITIVE_INFINITY;
  }
}
