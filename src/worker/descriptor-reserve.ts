import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";

/**
 * Reserves file descriptors for work that must succeed even if connections have used all others. Call `release` before that
 * work and `hold` after it.
 */
export class DescriptorReserve {
  readonly #count: number;
  readonly #held: number[] = [];

  constructor(count: number) {
    this.#count = count;
    this.hold();
    // With a low limit the reserve itself must not exhaust it: it leaves at least as many descriptors as it takes.
    if (this.#held.length < count) this.#release(Math.ceil(this.#held.length / 2));
  }

  /** Reserves as many descriptors as are available; a later call reserves the rest. */
  hold(): void {
    try {
      while (this.#held.length < this.#count) this.#held.push(openSync(devNull, "r"));
    } catch {
      // No more are available now.
    }
  }

  release(): void {
    this.#release(this.#held.length);
  }

  #release(count: number): void {
    for (const descriptor of this.#held.splice(0, count)) closeSync(descriptor);
  }
}

/** Whether another file can be opened now. */
export function hasDescriptorLeft(): boolean {
  try {
    closeSync(openSync(devNull, "r"));
    return true;
  } catch {
    return false;
  }
}
