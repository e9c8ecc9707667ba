/**
 * Calls its watchers at the end of each turn of the event loop in which anything was read. Timers of Node.js fire late
 * and only on whole milliseconds; while responses keep arriving, the event loop runs much more often than that.
 */
class TurnEnd {
  #isAwaited = false;
  readonly #watchers: (() => void)[] = [];

  /** Whether something was read in this turn of the event loop, which has not ended yet. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Called when something has been read. Schedules the end of this turn. */
  await(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    setImmediate(this.#end);
  }

  /** Calls `watcher` at the end of each turn in which anything was read. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  unwatch(watcher: () => void): void {
    const index = this.#watchers.indexOf(watcher);
    if (index >= 0) this.#watchers.splice(index, 1);
  }

  readonly #end = (): void => {
    this.#isAwaited = false;
    // In reverse order, because a watcher may remove itself.
    for (let index = this.#watchers.length - 1; index >= 0; index--) this.#tell(this.#watchers[index]);
  };

  /** An exception in one watcher must not keep the others from writing the requests that they hold back. */
  #tell(watcher: (() => void) | undefined): void {
    try {
      watcher?.();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

export const turnEnd = new TurnEnd();
