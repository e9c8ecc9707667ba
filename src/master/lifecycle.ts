import { keepSecretFields } from "../core/redaction/secret-fields.ts";
import type { Ending } from "../core/run.ts";
import type { LifecycleDone } from "../protocol/worker-messages.ts";
import { awaitAdvice } from "../stats/describe-code.ts";
import { requireWorkers } from "./gather-workers.ts";
import type { RestoredRun } from "./record/run-storage.ts";
import type { RunParts } from "./run-context.ts";
import { RunEnded } from "./run-outcome.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";
import type { LifecycleCall } from "./workers/worker-state.ts";

const callTimeoutMs = 10 * 60_000;

/** The test's setup and teardown: once per run, each on one worker. */
export class Lifecycle {
  /** Setup has begun, so teardown runs whatever happens. */
  #hasBegun = false;
  readonly #run: RunParts;

  constructor(run: RunParts) {
    this.#run = run;
  }

  /** Restores the value of setup from a resumed run if its load had begun; otherwise, setup runs again. */
  restore({ state }: RestoredRun): void {
    const { options, collector } = this.#run;
    this.#hasBegun = options.hasSetup && state.phase !== "waiting" && state.phase !== "preparing";
    if (state.startedAt === null) return;
    this.#take(state.setup);
    collector.lifecycleRequests.push(...state.lifecycleRequests);
  }

  /** @throws RunEnded when setup throws, when no worker is left to run it, or when the run is stopped. */
  async runSetup(): Promise<void> {
    const { options, workers, stop } = this.#run;
    if (!options.hasSetup) return;
    this.#hasBegun = true;
    this.#run.enter("setup");
    const done = await this.#call({ type: "run-setup" });
    stop.check();
    if (done === null) requireWorkers(workers.alive.length);
    if (done?.error) {
      throw new RunEnded({ kind: "test-code-threw", message: `the test's setup threw: ${done.error.message}` });
    }
    this.#take(done?.value ?? {});
  }

  #take(setup: Record<string, unknown>): void {
    keepSecretFields(setup);
    this.#run.setup = setup;
  }

  /** Runs teardown, even after an abort. If it throws, a completed run ends because test code threw. */
  async runTeardown(ending: Ending, hasLoadBegun: boolean): Promise<Ending> {
    const { options, journal, stop, setup } = this.#run;
    // The other master runs it.
    if (ending.kind === "superseded") return ending;
    if (!options.hasTeardown || !(this.#hasBegun || hasLoadBegun)) return ending;
    this.#run.enter("teardown");
    const done = await this.#call({ type: "run-teardown", setup });
    if (done === null) {
      const why = stop.isForced ? "the run was stopped at once" : "no worker was left to run it";
      journal.warn(`the test's teardown did not end: ${why}`);
    }
    if (!done?.error) return ending;
    const message = `the test's teardown threw: ${done.error.message}`;
    if (ending.kind === "completed") return { kind: "test-code-threw", message };
    journal.warn(message);
    return ending;
  }

  async #call(call: LifecycleCall): Promise<LifecycleDone | null> {
    const { collector, journal } = this.#run;
    const done = await this.#onOneWorker(call);
    collector.addLifecycle(done);
    if (done?.unawaited !== undefined) {
      const requests = done.unawaited === 1 ? "one of its requests" : `${done.unawaited} of its requests`;
      journal.warn(`${done.phase} ended before ${requests}, which were interrupted: ${awaitAdvice}`);
    }
    return done;
  }

  /**
   * Returns the answer of a worker, or of the next one if that is lost before it answers. Null when none is left or the
   * stop is forced.
   */
  async #onOneWorker(call: LifecycleCall): Promise<LifecycleDone | null> {
    const { workers, stop } = this.#run;
    const canRun = ({ status }: ConnectedWorker) => status !== "joined" && status !== "loading";
    const candidate = () => workers.connected.find(canRun) ?? workers.alive.find(canRun);
    for (let next = candidate(); next !== undefined; next = candidate()) {
      const worker = next;
      if (stop.isForced) return null;
      worker.call(call);
      const isOver = () => worker.state.answer !== null || !worker.isAlive || stop.isForced;
      await workers.until(isOver, callTimeoutMs);
      if (worker.state.answer !== null) return worker.state.answer;
      if (stop.isForced) return null;
      worker.lose("did not finish setup or teardown in time");
    }
    return null;
  }
}
