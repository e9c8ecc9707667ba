import { format } from "node:util";
import { LineBudget } from "../core/line-budget.ts";
import { hideSecrets } from "../core/redaction/known-secrets.ts";
import type { WorkerLogLine } from "../protocol/worker-messages.ts";

const levels = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;

/**
 * Passes the output of the test's `console` calls to `hear` too.
 * @param expectsLine returns false if the line would be dropped; then it is not formatted
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

/** The rate limit of log lines, as a burst and per second: a test that logs every request must not flood its master. */
const burst = 20;
const perSecond = 10;
const longestText = 2_000;

/** Sends log lines of this worker and its test to the master, up to a rate limit. Dropped lines are counted. */
export class LogRelay {
  readonly #budget: LineBudget;
  readonly #say: (line: WorkerLogLine) => void;
  #leftOut = 0;

  constructor(nowMs: () => number, say: (line: WorkerLogLine) => void) {
    this.#budget = new LineBudget(nowMs, burst, perSecond);
    this.#say = say;
  }

  note(level: WorkerLogLine["level"], given: string): void {
    if (!this.#budget.take()) {
      this.#leftOut++;
      return;
    }
    const text = hideSecrets(given);
    const cut = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
    this.#say({ level, text: cut, leftOut: this.#leftOut });
    this.#leftOut = 0;
  }
}
