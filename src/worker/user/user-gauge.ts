import type { UserPeaks } from "../../stats/interval-report.ts";

/** Counts running virtual users by class, and their peak since the last `take`. */
export class UserGauge {
  readonly #running = new Map<string, number>();
  readonly #peaks = new Map<string, number>();

  #total = 0;
  #peak = 0;

  get total(): number {
    return this.#total;
  }

  started(className: string): void {
    this.#total++;
    this.#peak = Math.max(this.#peak, this.#total);
    const count = (this.#running.get(className) ?? 0) + 1;
    this.#running.set(className, count);
    this.#peaks.set(className, Math.max(count, this.#peaks.get(className) ?? 0));
  }

  ended(className: string): void {
    this.#total--;
    this.#running.set(className, (this.#running.get(className) ?? 0) - 1);
  }

  /** Returns the peak numbers of users since the last call: in total, and by class. */
  take(): UserPeaks {
    const peak = this.#peak;
    this.#peak = this.#total;
    const byClass = new Map([...this.#peaks].filter(([, count]) => count > 0));
    for (const [className, count] of this.#running) this.#peaks.set(className, count);
    return { peak, byClass };
  }
}
