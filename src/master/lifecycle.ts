import type { Ending } from "../core/run.ts";
import type { LifecycleDone } from "../protocol/worker-messages.ts";
import { awaitAdvice } from "../stats/unawaited-words.ts";
import { requireWorkers } from "./gather-workers.ts";
import { onOneWorker } from "./on-one-worker.ts";
import type { RestoredRun } from "./record/run-storage.ts";
import type { RunParts } from "./run-context.ts";
import { RunEnded } from "./run-ended.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

export interface LifecycleOptions extends RunParts {
  /** Before one of them is begun. */
  readonly onPhase: (phase: "setup" | "teardown") => void;
}

/** The test's setup and teardown: once per run, each on one worker. */
export class Lifecycle {
  /** What `setup` returned. */
  setup: Record<string, unknown> = {};
  /** It is to be torn down whatever happens. */
  #hasBegun = false;
  readonly #run: LifecycleOptions;

  constructor(run: LifecycleOptions) {
    this.#run = run;
  }

  /** Of a run that this master takes up again: when its load had begun, with what its setup returned. */
  restore({ state }: RestoredRun): void {
    const { options, collector } = this.#run;
    this.#hasBegun = options.hasSetup && state.phase !== "waiting" && state.phase !== "preparing";
    if (state.startedAt === null) return;
    this.setup = state.setup;
    collector.lifecycleRequests.push(...state.lifecycleRequests);
  }

  /** @throws RunEnded when it throws, when no worker is left to run it, or when the run is stopped. */
  async runSetup(): Promise<void> {
    const { options, workers, stop, onPhase } = this.#run;
    if (!options.hasSetup) return;
    this.#hasBegun = true;
    onPhase("setup");
    const done = await this.#onOneWorker((worker) => worker.runSetup());
    stop.check();
    if (done === null) requireWorkers(workers.alive.length);
    if (done?.error) {
      throw new RunEnded({ kind: "test-code-threw", message: `the test's setup threw: ${done.error.message}` });
    }
    this.setup = done?.value ?? {};
  }

  /** Also after an abort. A teardown that throws makes a completed run one whose test code threw. */
  async runTeardown(ending: Ending, hasLoadBegun: boolean): Promise<Ending> {
    const { options, book, stop, onPhase } = this.#run;
    if (!options.hasTeardown || !(this.#hasBegun || hasLoadBegun)) return ending;
    onPhase("teardown");
    const done = await this.#onOneWorker((worker) => worker.runTeardown(this.setup));
    if (done === null) {
      const why = stop.isForced ? "the run was stopped at once" : "no worker was left to run it";
      book.warn(`the test's teardown did not end: ${why}`);
    }
    if (!done?.error) return ending;
    const message = `the test's teardown threw: ${done.error.message}`;
    if (ending.kind === "completed") return { kind: "test-code-threw", message };
    book.warn(message);
    return ending;
  }

  async #onOneWorker(begin: (worker: ConnectedWorker) => void): Promise<LifecycleDone | null> {
    const { workers, stop, collector, book } = this.#run;
    const done = await onOneWorker(workers, begin, () => stop.isForced);
    collector.addLifecycle(done);
    if (done?.unawaited !== undefined) {
      const requests = done.unawaited === 1 ? "one of its requests" : `${done.unawaited} of its requests`;
      book.warn(`${done.phase} ended before ${requests}, which were interrupted: ${awaitAdvice}`);
    }
    return done;
  }
}
