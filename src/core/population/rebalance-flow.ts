import type { Counts } from "./rebalance-counts.ts";

/** The number of virtual users of a class that leave a worker or move to it: [class * workerCount + worker]. */
export interface ClassMoves {
  readonly given: Int32Array;
  readonly received: Int32Array;
}

const none = -1;

/**
 * The cheapest flow of virtual users from workers that give, through classes, to workers that receive. The counts are
 * updated along with it. After every unit, the sum of the squares of the class counts is the lowest that this number of
 * units, from workers and to workers of the same totals, can reach: each unit takes the cheapest path, which may undo parts
 * of earlier ones (successive shortest paths; optimal because the costs are convex).
 *
 *     giver --> class c --> receiver        the (n+1)-th of c costs its new worker (n+1)² - n² = 2n + 1,
 *       giver <-- class c <-- receiver      and its old worker, which had n, saves 2n - 1; backwards only what has moved.
 */
export class ClassFlow implements ClassMoves {
  readonly given: Int32Array;
  readonly received: Int32Array;
  readonly #counts: Counts;
  readonly #gives: readonly boolean[];
  readonly #leaver: number | null;
  // Nodes are the workers, then the classes.
  readonly #distance: Float64Array;
  readonly #previous: Int32Array;
  readonly #isWaiting: Uint8Array;
  /** The number of units that have moved to each worker. */
  readonly #arrived: Int32Array;
  #queue: number[] = [];

  /**
   * @param leaver the only worker that gives, whose own class counts do not matter; or null: all with more than `lower`
   * give
   */
  constructor(counts: Counts, { leaver, lower }: { leaver: number; lower?: never } | { leaver: null; lower: number }) {
    this.#counts = counts;
    this.#leaver = leaver;
    this.#gives = Array.from(counts.totals, (total, worker) => (leaver === null ? total > lower : worker === leaver));
    this.given = new Int32Array(counts.ofClass.length);
    this.received = new Int32Array(counts.ofClass.length);
    const nodeCount = counts.workerCount + counts.classCount;
    this.#distance = new Float64Array(nodeCount);
    this.#previous = new Int32Array(nodeCount);
    this.#isWaiting = new Uint8Array(nodeCount);
    this.#arrived = new Int32Array(counts.workerCount);
  }

  /** Moves one unit from the leaver, or else from a giver with the highest total, to a receiver with the lowest total. */
  moveOne(): void {
    this.#distance.fill(Number.POSITIVE_INFINITY);
    this.#startAtGivers();
    for (let at = 0; at < this.#queue.length; at++) {
      const node = this.#queue[at] as number;
      this.#isWaiting[node] = 0;
      if (node < this.#counts.workerCount) this.#spreadFromWorker(node);
      else this.#spreadFromClass(node);
    }
    this.#queue = [];
    this.#shiftAlongPath(this.#nearestReceiver());
  }

  #startAtGivers(): void {
    const { totals } = this.#counts;
    const highest = Math.max(...totals);
    for (let worker = 0; worker < totals.length; worker++) {
      const starts = this.#leaver === null ? totals[worker] === highest : worker === this.#leaver;
      if (starts) this.#reach(worker, 0, none);
    }
  }

  #reach(node: number, distance: number, previous: number): void {
    if (distance >= (this.#distance[node] as number)) return;
    this.#distance[node] = distance;
    this.#previous[node] = previous;
    if (this.#isWaiting[node] === 1 || this.#isDeadEnd(node)) return;
    this.#isWaiting[node] = 1;
    this.#queue.push(node);
  }

  /** Whether the node is a receiver that has received nothing yet, and so has nothing to pass on. */
  #isDeadEnd(node: number): boolean {
    return node < this.#counts.workerCount && !this.#gives[node] && this.#arrived[node] === 0;
  }

  #spreadFromWorker(worker: number): void {
    const { classCount, workerCount, ofClass } = this.#counts;
    const available = this.#gives[worker] ? ofClass : this.received;
    const distance = this.#distance[worker] as number;
    for (let userClass = 0; userClass < classCount; userClass++) {
      const at = userClass * workerCount + worker;
      if (available[at] === 0) continue;
      const saved = worker === this.#leaver ? 0 : 2 * (ofClass[at] as number) - 1;
      this.#reach(workerCount + userClass, distance - saved, worker);
    }
  }

  #spreadFromClass(node: number): void {
    const { workerCount, ofClass } = this.#counts;
    const distance = this.#distance[node] as number;
    for (let worker = 0, at = (node - workerCount) * workerCount; worker < workerCount; worker++, at++) {
      if (this.#gives[worker] && this.given[at] === 0) continue;
      const cost = worker === this.#leaver ? 0 : 2 * (ofClass[at] as number) + 1;
      this.#reach(worker, distance + cost, node);
    }
  }

  #nearestReceiver(): number {
    const { totals } = this.#counts;
    let best = none;
    for (let worker = 0; worker < totals.length; worker++) {
      if (this.#gives[worker]) continue;
      const lead = best === none ? -1 : (totals[worker] as number) - (totals[best] as number);
      const isNearer = (this.#distance[worker] as number) < (this.#distance[best] as number);
      if (lead < 0 || (lead === 0 && isNearer)) best = worker;
    }
    return best;
  }

  #shiftAlongPath(receiver: number): void {
    const { totals, workerCount } = this.#counts;
    totals[receiver] = (totals[receiver] as number) + 1;
    this.#arrived[receiver] = (this.#arrived[receiver] as number) + 1;
    let worker = receiver;
    while (this.#previous[worker] !== none) {
      const classNode = this.#previous[worker] as number;
      this.#change(worker, classNode - workerCount, 1);
      worker = this.#previous[classNode] as number;
      this.#change(worker, classNode - workerCount, -1);
    }
    totals[worker] = (totals[worker] as number) - 1;
  }

  #change(worker: number, userClass: number, by: number): void {
    const at = userClass * this.#counts.workerCount + worker;
    this.#counts.ofClass[at] = (this.#counts.ofClass[at] as number) + by;
    if (this.#gives[worker]) this.given[at] = (this.given[at] as number) - by;
    else this.received[at] = (this.received[at] as number) + by;
  }
}
