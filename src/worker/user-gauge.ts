/** Counts running virtual users by class, and the most that ran at the same time since the last `take`. */
export class UserGauge {
  readonly #running = new Map<string, number>();
  readonly #peaks = new Map<string, number>();

  get total(): number {
    let sum = 0;
    for (const count of this.#running.values()) sum += count;
    return sum;
  }

  started(className: string): void {
    const count = (this.#running.get(className) ?? 0) + 1;
    this.#running.set(className, count);
    this.#peaks.set(className, Math.max(count, this.#peaks.get(className) ?? 0));
  }

  ended(className: string): void {
    this.#running.set(className, (this.#running.get(className) ?? 0) - 1);
  }

  /** The peaks by class since the last call. */
  take(): Map<string, number> {
    const peaks = new Map([...this.#peaks].filter(([, count]) => count > 0));
    for (const [className, count] of this.#running) this.#peaks.set(className, count);
    return peaks;
  }
}
