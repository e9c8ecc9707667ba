const noEdge = -1;
const fixed = -2;
const mostTries = 64; // each may walk a long path, and giving up costs only an imbalance of 1

/**
 * Colours the edges of a bipartite multigraph online, so that no two edges of a node have the same colour. Nodes may have
 * fixed colours from the start, which no edge gets. Without fixed colours every edge can be added while both its ends
 * have room (D. König, 1916); with them, nearly every edge can.
 */
export class EdgeColouring {
  /** The colour of each edge added so far. */
  readonly colours: Uint32Array;
  readonly #colourCount: number;
  readonly #wordsPerNode: number;
  /** The edge of a colour at a node, `noEdge` or `fixed`: [node * colourCount + colour]. */
  #edgeAt = new Int32Array(0);
  /** A bit for each colour that is free at a node: [node * wordsPerNode + colour / 32]. */
  #freeColours = new Int32Array(0);
  readonly #room: number[] = [];
  /** The sum of the two ends of each edge: subtracting one end leaves the other. */
  readonly #endSum: Float64Array;

  constructor(colourCount: number, edgeCount: number) {
    this.#colourCount = colourCount;
    this.#wordsPerNode = Math.ceil(colourCount / 32);
    this.colours = new Uint32Array(edgeCount);
    this.#endSum = new Float64Array(edgeCount);
  }

  /** @returns the number of the new node */
  addNode(isFixed: (colour: number) => boolean): number {
    const node = this.#room.length;
    const start = node * this.#colourCount;
    if (start >= this.#edgeAt.length) this.#makeRoomForNodes(Math.max(16, node * 2));
    let room = 0;
    for (let colour = 0; colour < this.#colourCount; colour++) {
      this.#edgeAt[start + colour] = isFixed(colour) ? fixed : noEdge;
      if (this.#edgeAt[start + colour] === fixed) continue;
      this.#flipFree(node, colour);
      room++;
    }
    this.#room.push(room);
    return node;
  }

  isFull(node: number): boolean {
    return this.#room[node] === 0;
  }

  /**
   * Adds an edge between two nodes with room, in a colour that is free at both or can be made so; returns false if none is
   * found.
   */
  add(edge: number, left: number, right: number): boolean {
    let colour = this.#nextFree(left, right, 0);
    if (colour < 0) colour = this.#freeOne(left, right);
    if (colour < 0) return false;
    this.colours[edge] = colour;
    this.#endSum[edge] = left + right;
    for (let node = left, ends = 0; ends < 2; node = right, ends++) {
      this.#edgeAt[node * this.#colourCount + colour] = edge;
      this.#flipFree(node, colour);
      this.#room[node] = (this.#room[node] as number) - 1;
    }
    return true;
  }

  /** Makes a colour free at both nodes if none is, and returns it; -1 if no colour is found. */
  #freeOne(left: number, right: number): number {
    let tries = 0;
    for (let a = this.#nextFree(left, left, 0); a >= 0; a = this.#nextFree(left, left, a + 1)) {
      for (let b = this.#nextFree(right, right, 0); b >= 0; b = this.#nextFree(right, right, b + 1)) {
        if (this.#swapAlongPath(right, a, b)) return a;
        if (this.#swapAlongPath(left, b, a)) return b;
        if (++tries >= mostTries) return -1;
      }
    }
    return -1;
  }

  /**
   * Swaps two colours along the path of their edges that starts at `node` with `taken` (a Kempe chain). This frees `taken`
   * at the node. Returns false, and changes nothing, if a fixed colour is on the path. As the graph is bipartite, the path
   * never reaches a node of the other side where `taken` is free.
   */
  #swapAlongPath(node: number, taken: number, given: number): boolean {
    let at = node;
    for (let colour = taken; ; colour = colour === taken ? given : taken) {
      const edge = this.#edgeAt[at * this.#colourCount + colour] as number;
      if (edge === fixed) return false;
      if (edge === noEdge) break;
      at = (this.#endSum[edge] as number) - at;
    }
    this.#flipFree(node, taken);
    this.#flipFree(node, given);
    this.#flipFree(at, taken);
    this.#flipFree(at, given);
    at = node;
    let incoming = noEdge;
    for (let [from, to] = [taken, given]; ; [from, to] = [to, from]) {
      const edge = this.#edgeAt[at * this.#colourCount + from] as number;
      this.#edgeAt[at * this.#colourCount + from] = incoming;
      if (edge === noEdge) break;
      this.#edgeAt[at * this.#colourCount + to] = edge;
      this.colours[edge] = to;
      at = (this.#endSum[edge] as number) - at;
      this.#edgeAt[at * this.#colourCount + from] = noEdge;
      incoming = edge;
    }
    return true;
  }

  /** The lowest colour from `from` on that is free at both nodes, or -1. */
  #nextFree(node: number, otherNode: number, from: number): number {
    let mask = -1 << (from & 31);
    for (let word = from >>> 5; word < this.#wordsPerNode; word++) {
      const free =
        (this.#freeColours[node * this.#wordsPerNode + word] as number) &
        (this.#freeColours[otherNode * this.#wordsPerNode + word] as number) &
        mask;
      if (free !== 0) return word * 32 + 31 - Math.clz32(free & -free);
      mask = -1;
    }
    return -1;
  }

  #flipFree(node: number, colour: number): void {
    const at = node * this.#wordsPerNode + (colour >>> 5);
    this.#freeColours[at] = (this.#freeColours[at] as number) ^ (1 << (colour & 31));
  }

  #makeRoomForNodes(nodeCount: number): void {
    const edgeAt = new Int32Array(nodeCount * this.#colourCount);
    edgeAt.set(this.#edgeAt);
    this.#edgeAt = edgeAt;
    const freeColours = new Int32Array(nodeCount * this.#wordsPerNode);
    freeColours.set(this.#freeColours);
    this.#freeColours = freeColours;
  }
}
