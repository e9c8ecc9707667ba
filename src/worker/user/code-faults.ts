import { isInstance } from "../../core/describe-value.ts";
import { describeThrown, stackOf } from "../../scenario/bundle/test-frames.ts";
import { awaitAdvice, describeCode } from "../../stats/describe-code.ts";
import { VirtualUserStopped } from "../http/response/failure.ts";
import { isRecorded } from "../measure/recorded-errors.ts";
import type { RunContext } from "../run-context.ts";

/** Reports mistakes in the test's own code. */
export class CodeFaults {
  readonly #run: RunContext;

  constructor(run: RunContext) {
    this.#run = run;
  }

  threw(where: string, error: unknown): void {
    if (isInstance(error, VirtualUserStopped) || isRecorded(error)) return;
    this.#run.recorder.exception(where, describeThrown(error), () => stackOf(error));
  }

  /** Called when code has ended before one of its groups. */
  leftGroups(where: string): void {
    this.#run.warnOnce(`group not awaited: ${where}`, `${describeCode(where)} ended before its vu.group: await it`);
  }

  /**
   * Called when code has ended before this many of its requests, or before a sleep. Reports nothing if there are none.
   */
  leftOpen(where: string, requests: number, isAsleep: boolean): void {
    // Only for the first function that does so: a later one may only be affected by the same sleep.
    if (isAsleep) this.#run.warnOnce("sleep not awaited", `${describeCode(where)} ended before its vu.sleep: await it`);
    if (requests === 0 || !this.#run.recorder.requestsNotAwaited(where, requests)) return;
    this.#run.warnOnce(`not awaited: ${where}`, `${describeCode(where)} ended before its requests: ${awaitAdvice}`);
  }
}
