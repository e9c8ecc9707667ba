import { keepSecretFields } from "../core/redaction/secret-fields.ts";
import type { Ending } from "../core/run.ts";
import type { LifecycleDone } from "../protocol/worker-messages.ts";
import { awaitAdvice } from "../stats/describe-code.ts";
import { requireWorkers } from "./gather-workers.ts";
import type { RestoredRun } from "./record/restored-run.ts";
import type { RunParts } from "./run-context.ts";
import { RunEnded } from "./run-outcome.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";
import type { LifecycleCall } from "./workers/worker-state.ts";

const callTimeoutMs = 10 * 60_000;

/** Runs the test's setup and teardown: each once per run, on one worker. */
export class Lifecycle {
  /** Whether setup has begun: if so, teardown runs whatever happens. */
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

  /**
   * Runs teardown, even after an abort. Returns the ending of the run: if teardown throws, a completed run ends because
   * test code threw.
   */
  async runTeardown(ending: Ending, hasLoadBegun: boolean): Promise<Ending> {
    const { options, journal, stop, setup } = this.#run;
    // The master that took over runs teardown.
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
   * Calls workers one after another until one answers: a worker that is lost before it answers is replaced by the next.
   * Returns null when no worker is left or the stop is forced.
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
