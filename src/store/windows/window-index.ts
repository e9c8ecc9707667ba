/** The time and the size of a stored window. */
export interface Span {
  readonly startMs: number;
  readonly widthMs: number;
  /** The number of rows of the window: endpoints, or samples of workers. */
  readonly rows: number;
  /** The size of its histograms, in bytes. */
  readonly bytes: number;
}

/**
 * The index of all windows of one run. They do not overlap. Their widths differ, because older windows are merged and
 * workers may report late.
 */
export class WindowIndex {
  readonly #spans: Span[];
  #rows = 0;
  #bytes = 0;

  /** @param spans in ascending order */
  constructor(spans: readonly Span[]) {
    this.#spans = [...spans];
    for (const { rows, bytes } of spans) this.#count(rows, bytes);
  }

  /** The windows in ascending order. */
  get spans(): readonly Span[] {
    return this.#spans;
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get endMs(): number {
    const last = this.#spans.at(-1);
    return last === undefined ? 0 : last.startMs + last.widthMs;
  }

  /** Returns the windows that overlap [startMs, endMs), in ascending order. */
  overlapping(startMs: number, endMs: number): readonly Span[] {
    const [from, to] = this.#range(startMs, endMs);
    return this.#spans.slice(from, to);
  }

  /** Adds `span` in place of all windows that it overlaps. */
  put(span: Span): void {
    const [from, to] = this.#range(span.startMs, span.startMs + span.widthMs);
    for (const { rows, bytes } of this.#spans.splice(from, to - from, span)) this.#count(-rows, -bytes);
    this.#count(span.rows, span.bytes);
  }

  #range(startMs: number, endMs: number): [from: number, to: number] {
    const from = this.#firstEndingAfter(startMs);
    let to = from;
    while ((this.#spans[to]?.startMs ?? Number.POSITIVE_INFINITY) < endMs) to++;
    return [from, to];
  }

  #firstEndingAfter(ms: number): number {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { startMs, widthMs } = this.#spans[middle] as Span;
      if (startMs + widthMs > ms) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #count(rows: number, bytes: number): void {
    this.#rows += rows;
    this.#bytes += bytes;
  }
}
