import { RangeSet, sizeOfRanges } from "../../core/range-set.ts";
import type { NumberRange } from "../../core/ranges.ts";

/** The stored state of a ledger, besides the positions that each worker holds. */
export interface StoredLedger {
  /** The first position that was never given to a worker. */
  readonly next: number;
  /** Positions that were given back. */
  readonly back: readonly NumberRange[];
  /** How often a row was taken, minus the rows that were given back. */
  readonly used: number;
}

/** The use of the rows of a source. For rows that are used once, the three numbers add up to all rows. */
export interface RowCounts {
  readonly used: number;
  readonly unused: number;
  /** The rows held by workers that are gone. They may have been used, and are not given out again. */
  readonly uncertain: number;
}

/**
 * Tracks which worker holds which positions in the sequence of a source's rows. A position belongs to one worker until
 * that worker gives it back; a lost worker keeps its positions. Pure: storing and sending are not its concern.
 *
 *   fresh -> held by one worker -> used
 *              \-> back (unused, or given back by the test) -> held …
 */
export class DataLedger {
  /** The number of positions; infinite for rows that are used again. */
  readonly #limit: number;
  #next: number;
  #used: number;
  readonly #back: RangeSet;
  readonly #held = new Map<string, RangeSet>();

  constructor(limit: number, { next, back, used }: StoredLedger = { next: 0, back: [], used: 0 }) {
    this.#limit = limit;
    this.#next = next;
    this.#used = used;
    this.#back = new RangeSet(back);
  }

  get stored(): StoredLedger {
    return { next: this.#next, back: this.#back.ranges, used: this.#used };
  }

  /** The number of positions that can still be given out. */
  get left(): number {
    return this.#limit - this.#next + this.#back.size;
  }

  /** Restores the positions that a worker of a resumed run held. */
  restore(worker: string, held: readonly NumberRange[]): void {
    this.#held.set(worker, new RangeSet(held));
  }

  heldBy(worker: string): NumberRange[] {
    return this.#held.get(worker)?.ranges ?? [];
  }

  /** The workers that hold positions. */
  get holders(): string[] {
    return [...this.#held].filter(([, held]) => held.size > 0).map(([worker]) => worker);
  }

  /** Gives positions to a worker, at most `count`: first those that were given back. */
  give(worker: string, count: number): NumberRange[] {
    const given = this.#back.takeFirst(count);
    const fresh = Math.min(this.#limit - this.#next, count - sizeOfRanges(given));
    if (fresh > 0) {
      given.push([this.#next, this.#next + fresh]);
      this.#next += fresh;
    }
    // Only rows that are used once need an account: for other rows, there is no limit of positions.
    if (Number.isFinite(this.#limit)) for (const range of given) this.#heldBy(worker).add(range);
    return given;
  }

  /** Counts rows that the worker held and has used. */
  use(worker: string, ranges: readonly NumberRange[]): void {
    const held = this.#held.get(worker);
    for (const range of ranges) this.#used += sizeOfRanges(held?.remove(range) ?? []);
  }

  /** Counts rows that were taken from a source whose rows are used again. */
  count(taken: number): void {
    this.#used += taken;
  }

  /** Takes back rows that the worker held and did not use. */
  release(worker: string, ranges: readonly NumberRange[]): void {
    const held = this.#held.get(worker);
    // Ignore positions that the worker does not hold: they may be another worker's.
    for (const range of ranges) for (const part of held?.remove(range) ?? []) this.#back.add(part);
  }

  /** Takes back rows that were counted as used. */
  giveBack(ranges: readonly NumberRange[]): void {
    for (const range of ranges) {
      this.#used -= range[1] - range[0];
      this.#back.add(range);
    }
  }

  get counts(): RowCounts {
    let uncertain = 0;
    for (const held of this.#held.values()) uncertain += held.size;
    return { used: this.#used, unused: Number.isFinite(this.#limit) ? this.left : 0, uncertain };
  }

  #heldBy(worker: string): RangeSet {
    let held = this.#held.get(worker);
    if (held === undefined) {
      held = new RangeSet();
      this.#held.set(worker, held);
    }
    return held;
  }
}
