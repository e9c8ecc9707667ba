/**
 * Tells those who watch when all that has come in a turn of the event loop is read. Node.js wakes a timer only at a whole
 * millisecond, and late; where answers keep coming, somebody is awake much more often than that.
 */
class TurnEnd {
  #isAwaited = false;
  readonly #watchers: (() => void)[] = [];

  /** Something has been read, and what it led to waits for the end of the turn. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Something is read now. */
  await(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    setImmediate(this.#end);
  }

  /** Called at the end of each turn in which anything was read. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  unwatch(watcher: () => void): void {
    const index = this.#watchers.indexOf(watcher);
    if (index >= 0) this.#watchers.splice(index, 1);
  }

  readonly #end = (): void => {
    this.#isAwaited = false;
    // From the last on: one may take itself out.
    for (let index = this.#watchers.length - 1; index >= 0; index--) this.#tell(this.#watchers[index]);
  };

  /** One that throws must not keep the others from writing what they hold back. */
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
