import { equalWords, wordsOf } from "./bytes.ts";
import type { ResponseHead } from "./response-head.ts";

/** Larger heads are rarely sent twice. */
const maxBytes = 2 * 1024;
/** After this many different heads in a row, the same number of heads is not compared at all. */
const missesBeforeGivingUp = 8;
const pause = 512;

/**
 * The response head that last answered requests of one kind. Under high load, a service sends the same head until the
 * second of its Date header changes: comparing it takes 30 ns, parsing it 350 ns.
 */
export class LatestHead {
  #head: ResponseHead | null = null;
  #words: Int32Array = new Int32Array();
  #length = 0;
  #missedCount = 0;

  /** The known head, if the bytes begin with it; it is `length` bytes long. */
  match(bytes: Buffer, from: number, to: number): ResponseHead | null {
    if (this.#head === null) return null;
    if (to - from < this.#length || !equalWords(bytes, from, this.#words, this.#length)) return null;
    this.#missedCount = 0;
    return this.#head;
  }

  get length(): number {
    return this.#length;
  }

  /** Remembers `head`, which the bytes were parsed as because they did not match. */
  missed(bytes: Buffer, from: number, to: number, head: ResponseHead): void {
    this.#missedCount++;
    if (this.#missedCount < missesBeforeGivingUp && to - from <= maxBytes) {
      this.#words = wordsOf(bytes, from, to);
      this.#length = to - from;
      this.#head = head;
      return;
    }
    this.#head = null;
    if (this.#missedCount > pause) this.#missedCount = 0;
  }
}
