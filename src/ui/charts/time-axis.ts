/** Seconds since the start of the run. */
export type TimeRange = readonly [from: number, to: number];

const narrowestSeconds = 2;

/** The time axis that all charts of a page share, with its zoom. */
export class TimeAxis {
  #zoom: TimeRange | null = null;
  #whole: TimeRange = [0, 1];
  readonly #listeners = new Set<() => void>();

  /** The shown range. */
  get range(): TimeRange {
    return this.#zoom ?? this.#whole;
  }

  get isZoomed(): boolean {
    return this.#zoom !== null;
  }

  /** Sets the range of the whole run. */
  setWhole(from: number, to: number): void {
    if (from === this.#whole[0] && to === this.#whole[1]) return;
    this.#whole = [from, Math.max(to, from + narrowestSeconds)];
    if (this.#zoom === null) this.#tell();
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

  /** Moves the range by a share of its width; a negative share moves it to earlier times. */
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

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
