/** Numbers the iterations of one worker. No two iterations of a run have the same number. */
export class IterationNumbers {
  readonly #step: number;
  #next: number;

  constructor({ first, step }: { readonly first: number; readonly step: number }) {
    this.#next = first;
    this.#step = step;
  }

  take(): number {
    const number = this.#next;
    this.#next += this.#step;
    return number;
  }
}
