import { describeThrown, stackOf } from "../../scenario/bundle/test-frames.ts";
import { awaitAdvice, describeCode } from "../../stats/describe-code.ts";
import type { RunContext } from "../run-context.ts";

/** Records what the test's own code does wrong. */
export class CodeFaults {
  readonly #run: RunContext;

  constructor(run: RunContext) {
    this.#run = run;
  }

  threw(where: string, error: unknown): void {
    this.#run.recorder.exception(where, describeThrown(error), () => stackOf(error));
  }

  /** The code has ended before so many of its requests, or before a sleep. Nothing is said of none. */
  leftOpen(where: string, requests: number, isAsleep: boolean): void {
    // The first that does so: what sleeps after it may be its sleep too.
    if (isAsleep) this.#run.warnOnce("sleep not awaited", `${describeCode(where)} ended before its vu.sleep: await it`);
    if (requests === 0 || !this.#run.recorder.requestsNotAwaited(where, requests)) return;
    this.#run.warnOnce(`not awaited: ${where}`, `${describeCode(where)} ended before its requests: ${awaitAdvice}`);
  }
}
