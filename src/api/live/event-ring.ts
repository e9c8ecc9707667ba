/** A numbered event, rendered as a block of the `text/event-stream` format. */
export interface RingEntry {
  readonly number: number;
  readonly text: string;
}

/** Keeps the latest events for clients that reconnect, bounded in number and in characters. */
export class EventRing {
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  #entries: RingEntry[] = [];
  #characters = 0;
  #last = 0;

  constructor(maxEntries: number, maxCharacters: number) {
    this.#maxEntries = maxEntries;
    this.#maxCharacters = maxCharacters;
  }

  /** The number of the newest event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Adds an event. `textOf` renders it with its number. */
  add(textOf: (number: number) => string): RingEntry {
    const number = ++this.#last;
    const entry = { number, text: textOf(number) };
    this.#entries.push(entry);
    this.#characters += entry.text.length;
    let dropped = 0;
    while (this.#entries.length - dropped > this.#maxEntries || this.#characters > this.#maxCharacters) {
      this.#characters -= this.#entries[dropped++]?.text.length ?? 0;
    }
    if (dropped > 0) this.#entries = this.#entries.slice(dropped);
    return entry;
  }

  /** Returns the events after `number`; null if some of them are no longer kept, or `number` was never used. */
  after(number: number): readonly RingEntry[] | null {
    if (!Number.isInteger(number) || number > this.#last || number < 0) return null;
    const first = this.#entries[0]?.number ?? this.#last + 1;
    if (number < first - 1) return null;
    return this.#entries.slice(number - first + 1);
  }
}
