import type { Logger } from "pino";
import { printable } from "../../core/readable-text.ts";

/** Lines within a window; the others are counted. */
const mostLines = 10;
const windowMs = 10_000;
const longestDetail = 300;

/**
 * Logs connections that the master has refused: at most 10 lines in 10 s, then one line with the number of further
 * refusals by reason.
 */
export class RefusalLog {
  readonly #log: Logger;
  readonly #windowMs: number;
  readonly #whom: string;
  #lines = 0;
  readonly #leftOut = new Map<string, number>();
  #window: NodeJS.Timeout | null = null;

  /** @param whom the kind of client that is refused, such as "a worker" */
  constructor(log: Logger, { whom = "a worker", window = windowMs } = {}) {
    this.#log = log;
    this.#whom = whom;
    this.#windowMs = window;
  }

  /** @param detail who was refused and why; it may contain untrusted text */
  note(reason: string, detail: string): void {
    this.#window ??= setTimeout(() => this.flush(), this.#windowMs).unref();
    if (this.#lines++ < mostLines) {
      this.#log.warn({ reason }, `refused ${this.#whom}: ${reason}: ${printable(detail).slice(0, longestDetail)}`);
    } else this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + 1);
  }

  /** Logs how many refusals were left out, and begins a new window. */
  flush(): void {
    if (this.#window !== null) clearTimeout(this.#window);
    this.#window = null;
    this.#lines = 0;
    if (this.#leftOut.size === 0) return;
    const count = [...this.#leftOut.values()].reduce((sum, one) => sum + one, 0);
    const reasons = [...this.#leftOut].map(([reason, one]) => `${reason} ${one}`).join(", ");
    this.#leftOut.clear();
    this.#log.warn(`${count} more refused in ${this.#windowMs / 1_000} s: ${reasons}`);
  }
}
