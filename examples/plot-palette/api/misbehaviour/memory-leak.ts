/** The most that is kept: the leak is to be seen, and not to end the process. */
const MAX_KEPT_BYTES = 1_000_000_000;

/** Memory that every request leaves behind. Users feel nothing of it: what a soak test must find in the service's own metrics. */
export class MemoryLeak {
  readonly #bytesPerRequest: number;
  readonly #kept: Buffer[] = [];

  constructor(bytesPerRequest: number) {
    this.#bytesPerRequest = bytesPerRequest;
  }

  get keptBytes(): number {
    return this.#kept.length * this.#bytesPerRequest;
  }

  keep(): void {
    // Filled, so that the memory is really taken.
    if (this.keptBytes < MAX_KEPT_BYTES) this.#kept.push(Buffer.alloc(this.#bytesPerRequest, 1));
  }
}
