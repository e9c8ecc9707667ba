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
    for (const descriptor of this.#held.splice(0)) closeSync(descriptor);
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
