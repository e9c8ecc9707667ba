import { EdgeColouring } from "./edge-colouring.ts";
import { countVirtualUsers, type VirtualUserOwners } from "./rebalance-counts.ts";

/**
 * Assigns the virtual users from number `first` on, none of which exists yet, to workers; earlier ones keep their workers.
 *
 * Guaranteed: if the totals at `first` differ by at most 1, they do so after every later n virtual users; if not, the lower
 * ones are filled up first. Best effort: the same for the counts of each class (guaranteed if `first` is 0).
 *
 * This is the edge colouring of assignWorkers() with a given first part. A block is a level here: the n-th virtual users of
 * all workers, of all classes or of one. A worker that already has a virtual user on a level takes one of its places:
 *
 *     totals   5 4 4 5    level 4 (the fifth ones) has places for workers 1 and 2, then level 5 for all
 *     class A  1 3 1 1    level 1 has places for workers 0, 2, 3, level 2 too, then level 3 for all
 */
export function assignFuture(owners: VirtualUserOwners, first: number): void {
  const end = owners.classes.length;
  const counts = countVirtualUsers(owners, first);
  const { workerCount, classCount } = owners;
  const colouring = new EdgeColouring(workerCount, end - first);
  const all = new Levels(colouring, counts.totals);
  const ofClass = Array.from({ length: classCount }, (_, userClass) => {
    const at = userClass * workerCount;
    return new Levels(colouring, counts.ofClass.subarray(at, at + workerCount));
  });
  for (let index = first; index < end; index++) {
    place(colouring, index - first, all.lowestOpen(), ofClass[owners.classes[index] as number] as Levels);
  }
  owners.workers.set(colouring.colours, first);
}

/** Places a virtual user on the lowest possible level of its class: nearly always the lowest one with a place. */
function place(colouring: EdgeColouring, edge: number, left: number, levels: Levels): void {
  for (let at = levels.lowestOpen(), above = 0; ; at = levels.above(++above)) {
    if (colouring.add(edge, left, at)) return;
  }
}

/** The levels of one class, or of all classes together: nodes of the colouring, created on demand. */
class Levels {
  readonly #colouring: EdgeColouring;
  readonly #counts: Int32Array;
  readonly #lowest: number;
  readonly #nodes: number[] = [];
  #open = 0;

  constructor(colouring: EdgeColouring, counts: Int32Array) {
    this.#colouring = colouring;
    this.#counts = counts;
    this.#lowest = counts.reduce((least, count) => Math.min(least, count));
  }

  /** The lowest level with a place. */
  lowestOpen(): number {
    while (this.#colouring.isFull(this.#node(this.#open))) this.#open++;
    return this.#node(this.#open);
  }

  /** The level `steps` above the lowest one with a place. */
  above(steps: number): number {
    return this.#node(this.#open + steps);
  }

  #node(at: number): number {
    while (at >= this.#nodes.length) {
      const level = this.#lowest + this.#nodes.length;
      this.#nodes.push(this.#colouring.addNode((worker) => (this.#counts[worker] as number) > level));
    }
    return this.#nodes[at] as number;
  }
}
