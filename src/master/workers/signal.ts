import { longestTimerMs } from "../../core/duration.ts";
/** Lets code wait until a condition over shared state holds. Code that changes the state must call `notify`. */
export class Signal {
  readonly #waiting = new Set<() => void>();

  notify(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves to true as soon as `condition` holds, or after `timeoutMs` to whether it holds. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (held: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(held);
      };
      const look = () => {
        if (condition()) end(true);
      };
      const timer = setTimeout(() => end(condition()), Math.min(timeoutMs, longestTimerMs));
      this.#waiting.add(look);
      look();
    });
  }
}
