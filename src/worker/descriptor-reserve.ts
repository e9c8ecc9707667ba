import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";

/**
 * File descriptors kept back for what must still work when connections have used up all others: `release` before it,
 * `hold` after it.
 */
export class DescriptorReserve {
  readonly #count: number;
  readonly #held: number[] = [];

  constructor(count: number) {
    this.#count = count;
    this.hold();
    // Under a low limit the reserve must not be what uses it up: it leaves as many as it keeps.
    if (this.#held.length < count) this.#release(Math.ceil(this.#held.length / 2));
  }

  /** Takes as many as there are; the rest at a later call. */
  hold(): void {
    try {
      while (this.#held.length < this.#count) this.#held.push(openSync(devNull, "r"));
    } catch {
      // No more are to be had now.
    }
  }

  release(): void {
    this.#release(this.#held.length);
  }

  #release(count: number): void {
    for (const descriptor of this.#held.splice(0, count)) closeSync(descriptor);
  }
}

/** Whether another file could be opened now. */
export function hasDescriptorLeft(): boolean {
  try {
    closeSync(openSync(devNull, "r"));
    return true;
  } catch {
    return false;
  }
}
