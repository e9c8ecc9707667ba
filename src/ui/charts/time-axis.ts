/** A range in seconds since the start of the run. */
export type TimeRange = readonly [from: number, to: number];

const narrowestSeconds = 2;

/** The time axis that all charts of a page share, with its zoom. */
export class TimeAxis {
  #zoom: TimeRange | null = null;
  #whole: TimeRange = [0, 1];
  #edges: readonly number[] = [];
  readonly #listeners = new Set<() => void>();

  /** The shown range. */
  get range(): TimeRange {
    return this.#zoom ?? this.#whole;
  }

  get isZoomed(): boolean {
    return this.#zoom !== null;
  }

  /** Sets the range of the whole run. A zoom to what is not in it, such as a part of another run, ends. */
  setWhole(from: number, to: number): void {
    if (from === this.#whole[0] && to === this.#whole[1]) return;
    this.#whole = [from, Math.max(to, from + narrowestSeconds)];
    if (this.#zoom !== null && this.#zoom[0] >= this.#whole[1]) this.#zoom = null;
    if (this.#zoom === null) this.#tell();
  }

  /** Sets the times at which a selected range can begin and end, ascending. If there are none, no range can be selected. */
  setEdges(edges: readonly number[]): void {
    this.#edges = edges;
  }

  /** Returns the smallest range between edges that contains the given one; null if no range can be selected. */
  snapped(from: number, to: number): TimeRange | null {
    const [first, last] = [this.#edges[0], this.#edges.at(-1)];
    if (first === undefined || last === undefined || to <= first || from >= last) return null;
    const start = this.#edges.findLast((edge) => edge <= from) ?? first;
    return [start, this.#edges.find((edge) => edge >= to && edge > start) ?? last];
  }

  /** Returns the range between the edges that are nearest to the given ones; null if no range can be selected. */
  nearest(from: number, to: number): TimeRange | null {
    const start = this.#nearestEdge(from);
    const end = this.#nearestEdge(to);
    return start === null || end === null || start === end ? this.snapped(from, to) : [start, end];
  }

  zoomTo(from: number, to: number): void {
    const [first, last] = this.#whole;
    const width = Math.max(Math.min(to - from, last - first), narrowestSeconds);
    const start = Math.min(Math.max(from, first), last - width);
    this.#zoom = width >= last - first ? null : [start, start + width];
    this.#tell();
  }

  /** Zooms in by a factor above 1 and out by a factor below 1, around the middle. */
  zoomBy(factor: number): void {
    const [from, to] = this.range;
    const middle = (from + to) / 2;
    const half = (to - from) / 2 / factor;
    this.zoomTo(middle - half, middle + half);
  }

  /** Moves the range by a share of its width. A negative share moves it to earlier times. */
  panBy(share: number): void {
    const [from, to] = this.range;
    if (this.#zoom !== null) this.zoomTo(from + share * (to - from), to + share * (to - from));
  }

  showAll(): void {
    this.#zoom = null;
    this.#tell();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #nearestEdge(second: number): number | null {
    const distance = (edge: number) => Math.abs(edge - second);
    return this.#edges.reduce<number | null>(
      (best, edge) => (best === null || distance(edge) < distance(best) ? edge : best),
      null,
    );
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
