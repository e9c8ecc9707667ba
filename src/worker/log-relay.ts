import { LineBudget } from "../core/line-budget.ts";
import type { WorkerLogLine } from "../protocol/worker-messages.ts";

/** So many lines at once, and so many more each second: a test that logs each request must not flood its master. */
const burst = 20;
const perSecond = 10;
const longestText = 2_000;

/** Tells the master what this worker and its test log, as far as there is room; what is left out is counted. */
export class LogRelay {
  readonly #budget: LineBudget;
  readonly #say: (line: WorkerLogLine) => void;
  #leftOut = 0;

  constructor(nowMs: () => number, say: (line: WorkerLogLine) => void) {
    this.#budget = new LineBudget(nowMs, burst, perSecond);
    this.#say = say;
  }

  note(level: WorkerLogLine["level"], text: string): void {
    if (!this.#budget.take()) {
      this.#leftOut++;
      return;
    }
    const cut = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
    this.#say({ level, text: cut, leftOut: this.#leftOut });
    this.#leftOut = 0;
  }
}
