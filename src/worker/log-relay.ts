import { format } from "node:util";
import { LineBudget } from "../core/line-budget.ts";
import type { WorkerLogLine } from "../protocol/worker-messages.ts";

const levels = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;

/**
 * What the test's code writes by `console` goes where it went before, and to `hear` too.
 * @param expectsLine false when a line would be thrown away: it is not even formatted then
 */
export function tapConsole(
  hear: (level: WorkerLogLine["level"], text: string) => void,
  expectsLine: () => boolean = () => true,
): void {
  const { console } = globalThis;
  for (const [method, level] of Object.entries(levels) as [keyof typeof levels, WorkerLogLine["level"]][]) {
    const write = console[method].bind(console);
    console[method] = (...words: unknown[]) => {
      if (!expectsLine()) return;
      write(...words);
      hear(level, format(...words));
    };
  }
}

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
