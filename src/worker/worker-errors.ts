import type { Logger } from "pino";
import { describeThrown, stackTextOf } from "../scenario/bundle/test-frames.ts";
import type { TestDefinition } from "../scenario/definition/define.ts";
import { runHook, type WorkerHookContext } from "../scenario/definition/run-hooks.ts";
import { type ContainedDefect, defects } from "./http/defects.ts";
import { VirtualUserStopped } from "./http/response/failure.ts";
import { isRecorded } from "./measure/recorded-errors.ts";
import type { WorkerRun } from "./worker-run.ts";

/** The maximum number of errors that are recorded before the load starts. */
const mostEarlyErrors = 1_000;

/** The maximum number of defects of muster that are logged with their stacks. */
const mostDefects = 20;

/**
 * Records the errors of a worker that belong to no user: those of test code that is not awaited, of `onWorkerStart`, and
 * defects of muster. None of them ends the run.
 */
export class WorkerErrors {
  readonly #log: Logger;
  #run: WorkerRun | null = null;
  /** Uncaught errors of the test before its load started. */
  readonly #early: unknown[] = [];
  /** The error that `onWorkerStart` threw; null if it did not throw. */
  #startError: { readonly error: unknown } | null = null;
  /** The stacks of the defects that have been logged. */
  readonly #defects = new Set<string>();

  constructor(log: Logger) {
    this.#log = log;
    defects.listen(this.#defect);
  }

  /** Records the earlier errors in `run`, and all further ones. */
  recordIn(run: WorkerRun): void {
    this.#run = run;
    if (this.#startError !== null) run.codeError("onWorkerStart", this.#startError.error);
    for (const error of this.#early.splice(0)) run.strayError(error);
  }

  /** Records an uncaught error of the test, at the latest when the load starts. */
  stray(error: unknown): void {
    if (error instanceof VirtualUserStopped || isRecorded(error)) return;
    if (this.#run !== null) this.#run.strayError(error);
    else if (this.#early.length < mostEarlyErrors) this.#early.push(error);
  }

  /** Runs `onWorkerStart` of the test, if it has one. Never throws. */
  async runStartHook(test: TestDefinition, context: WorkerHookContext): Promise<void> {
    const { onWorkerStart } = test;
    if (onWorkerStart === undefined) return;
    try {
      await runHook("onWorkerStart", () => onWorkerStart.call(test, context));
    } catch (error) {
      this.#startError = { error };
      this.#log.warn(`the test's onWorkerStart failed: ${describeThrown(error)}`);
    }
  }

  /** Records and logs a defect of muster that failed one request or ended one user. */
  readonly #defect = (defect: ContainedDefect): void => {
    this.#run?.defect(defect);
    const stack = stackTextOf(defect.cause);
    if (this.#defects.has(stack) || this.#defects.size >= mostDefects) return;
    this.#defects.add(stack);
    this.#log.error(`${defect.message}\n${stack}`);
  };
}
