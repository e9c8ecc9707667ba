import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { LastKnown } from "./last-known.ts";

export interface GarbageHealth {
  readonly gcMs: number;
  readonly heapAfterGcBytes: number;
}

/** Watches the garbage collections of this thread. */
export class GarbageWatch {
  #gcMs = 0;
  #heapAfterGcBytes: number | null = null;
  readonly #heapUsedBytes = new LastKnown(() => getHeapStatistics().used_heap_size, 0);
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      this.#gcMs += entry.duration;
      // Told in the next turn of the loop, in which little can have been added.
      if (isFull(entry)) this.#heapAfterGcBytes = this.#heapUsedBytes.take();
    }
  });

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** Time since the last call; the heap after the latest full collection, until the first one what is in use. */
  take(): GarbageHealth {
    const gcMs = this.#gcMs;
    this.#gcMs = 0;
    return { gcMs, heapAfterGcBytes: this.#heapAfterGcBytes ?? this.#heapUsedBytes.take() };
  }

  close(): void {
    this.#observer.disconnect();
  }
}

/** Only of entries about garbage is it known what `detail` holds. */
function isFull(entry: PerformanceEntry & { readonly detail?: unknown }): boolean {
  const { kind } = (entry.detail ?? {}) as { readonly kind?: number };
  return kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
