import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { LastKnown } from "./last-known.ts";

export interface GarbageHealth {
  readonly gcMs: number;
  readonly heapAfterGcBytes: number;
}

/** Measures the garbage collections of this thread. */
export class GarbageWatch {
  #gcMs = 0;
  #heapAfterGcBytes: number | null = null;
  readonly #heapUsedBytes = new LastKnown(() => getHeapStatistics().used_heap_size, 0);
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      this.#gcMs += entry.duration;
      // This callback runs in the next turn of the event loop, before much more memory is allocated.
      if (isFull(entry)) this.#heapAfterGcBytes = this.#heapUsedBytes.take();
    }
  });

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /**
   * Returns the time in garbage collection since the last call, and the heap size after the latest full collection.
   * Before the first one, it is the current heap size.
   */
  take(): GarbageHealth {
    const gcMs = this.#gcMs;
    this.#gcMs = 0;
    return { gcMs, heapAfterGcBytes: this.#heapAfterGcBytes ?? this.#heapUsedBytes.take() };
  }

  close(): void {
    this.#observer.disconnect();
  }
}

/** `detail` has a known type only in entries about garbage collection. */
function isFull(entry: PerformanceEntry & { readonly detail?: unknown }): boolean {
  const { kind } = (entry.detail ?? {}) as { readonly kind?: number };
  return kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
