import { equalWords, wordsOf } from "./bytes.ts";
import type { ResponseHead } from "./response-head.ts";

/** Larger heads are rarely the same twice. */
const maxBytes = 2 * 1024;
/** After so many heads in a row that were not as the one before, this many are not even compared. */
const missesBeforeGivingUp = 8;
const pause = 512;

/**
 * The head that last answered requests of one kind. Under a high load a service sends the same one until its clock's
 * next second: to see that it is the same takes 30 ns, to read it anew 350.
 */
export class LatestHead {
  #head: ResponseHead | null = null;
  #words: Int32Array = new Int32Array();
  #length = 0;
  #missedCount = 0;

  /** The head, if the bytes begin with it; it is `length` bytes long then. */
  match(bytes: Buffer, from: number, to: number): ResponseHead | null {
    if (this.#head === null) return null;
    if (to - from < this.#length || !equalWords(bytes, from, this.#words, this.#length)) return null;
    this.#missedCount = 0;
    return this.#head;
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes were read as `head`, because they did not match. */
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
