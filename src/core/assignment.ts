/**
 * Gives every virtual user to a worker so that, among the first n virtual users for every n, the totals of any two workers
 * differ by at most 1, and so do their counts of each class.
 *
 * Cut the virtual users into blocks of W = `workerCount` consecutive ones, and those of each class, taken alone, likewise.
 * With blocks and class blocks as the two sides of a bipartite graph, each virtual user is an edge between its two blocks:
 *
 *     all VUs    | 0 1 2 | 3 4 5 | ...        every node has at most W edges, so W colours suffice
 *                  |  \ /   | \ /             (D. König, 1916), and a colour (a worker) occurs
 *     class A    | 0 2 3 | 5 ... |            exactly once in every full block of either kind.
 *     class B    | 1 4 ...
 *
 * The first W virtual users go to workers 0, 1, 2, ... as far as later ones allow. Another `userCount` may give the same
 * virtual user another worker.
 *
 * @param classOf the class of virtual user `index`, in 0 <= class < classCount
 * @returns the worker's position, in 0 <= position < workerCount, by virtual user number
 * @throws {RangeError} when there is no worker, or a class or count is out of range
 */
export function assignWorkers(
  classOf: (index: number) => number,
  classCount: number,
  userCount: number,
  workerCount: number,
): Uint32Array {
  if (!Number.isSafeInteger(workerCount) || workerCount < 1)
    throw new RangeError(`cannot assign to ${workerCount} workers`);
  if (!Number.isSafeInteger(userCount) || userCount < 0)
    throw new RangeError(`cannot assign ${userCount} virtual users`);
  const blockCount = Math.ceil(userCount / workerCount);
  const mostClassBlocks = Math.floor(userCount / workerCount) + Math.min(classCount, userCount);
  const colouring = new EdgeColouring(blockCount + mostClassBlocks, userCount, workerCount);
  const seenOfClass = new Uint32Array(classCount);
  const openBlockOfClass = new Uint32Array(classCount);
  let nextNode = blockCount;
  for (let index = 0; index < userCount; index++) {
    const userClass = classOf(index);
    const seen = seenOfClass[userClass];
    if (seen === undefined) throw new RangeError(`virtual user ${index} has class ${userClass} of ${classCount}`);
    if (seen % workerCount === 0) openBlockOfClass[userClass] = nextNode++;
    seenOfClass[userClass] = seen + 1;
    colouring.add(index, Math.floor(index / workerCount), openBlockOfClass[userClass] as number);
  }
  return colouring.colours;
}

const noEdge = -1;

/** Colours the edges of a bipartite multigraph as they come, with as many colours as a node has edges at most. */
class EdgeColouring {
  /** The colour of each edge added so far. */
  readonly colours: Uint32Array;
  readonly #colourCount: number;
  /** The edge of a colour at a node, or `noEdge`: [node * colourCount + colour]. */
  readonly #edgeAt: Int32Array;
  /** A bit for each colour that is free at a node: [node * wordsPerNode + colour / 32]. */
  readonly #freeColours: Int32Array;
  readonly #wordsPerNode: number;
  /** The sum of both ends of an edge: taking away one leaves the other. */
  readonly #endSum: Float64Array;

  constructor(nodeCount: number, edgeCount: number, colourCount: number) {
    this.colours = new Uint32Array(edgeCount);
    this.#colourCount = colourCount;
    this.#edgeAt = new Int32Array(nodeCount * colourCount).fill(noEdge);
    this.#wordsPerNode = Math.ceil(colourCount / 32);
    this.#freeColours = new Int32Array(nodeCount * this.#wordsPerNode).fill(-1);
    this.#endSum = new Float64Array(edgeCount);
  }

  /** Adds an edge with the lowest colour free at both ends, or, where there is none, makes one free at both. */
  add(edge: number, left: number, right: number): void {
    this.#endSum[edge] = left + right;
    const shared = this.#lowestFree(left, right);
    const colour = shared < this.#colourCount ? shared : this.#lowestFree(left, left);
    this.colours[edge] = colour;
    this.#edgeAt[left * this.#colourCount + colour] = edge;
    this.#flipFree(left, colour);
    if (shared < this.#colourCount) {
      this.#edgeAt[right * this.#colourCount + colour] = edge;
      this.#flipFree(right, colour);
    } else {
      this.#insertAlongPath(edge, right, colour, this.#lowestFree(right, right));
    }
  }

  /**
   * Puts `edge` at `node` in `colour`, where another edge has it: that one changes to `other`, which displaces the next edge
   * at its far end to `colour`, and so on (a Kempe chain). As the graph is bipartite, the path never comes to the new
   * edge's left end, where `colour` was free.
   */
  #insertAlongPath(edge: number, node: number, colour: number, other: number): void {
    this.#flipFree(node, other);
    let incoming = edge;
    let at = node;
    let taken = colour;
    let given = other;
    for (;;) {
      const displaced = this.#edgeAt[at * this.#colourCount + taken] as number;
      this.#edgeAt[at * this.#colourCount + taken] = incoming;
      if (displaced === noEdge) break;
      this.#edgeAt[at * this.#colourCount + given] = displaced;
      this.colours[displaced] = given;
      at = (this.#endSum[displaced] as number) - at;
      this.#edgeAt[at * this.#colourCount + taken] = noEdge;
      incoming = displaced;
      [taken, given] = [given, taken];
    }
    // Nodes inside the path keep both colours; the last one has swapped one for the other.
    this.#flipFree(at, taken);
    this.#flipFree(at, given);
  }

  /** The lowest colour free at both nodes; at least `colourCount` when there is none. */
  #lowestFree(node: number, otherNode: number): number {
    for (let word = 0; word < this.#wordsPerNode; word++) {
      const free =
        (this.#freeColours[node * this.#wordsPerNode + word] as number) &
        (this.#freeColours[otherNode * this.#wordsPerNode + word] as number);
      if (free !== 0) return word * 32 + 31 - Math.clz32(free & -free);
    }
    return this.#colourCount;
  }

  #flipFree(node: number, colour: number): void {
    const at = node * this.#wordsPerNode + (colour >>> 5);
    this.#freeColours[at] = (this.#freeColours[at] as number) ^ (1 << (colour & 31));
  }
}
