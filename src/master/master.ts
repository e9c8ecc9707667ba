import type { Steering } from "../core/plan/steering.ts";
import type { Ending, RunEvent, RunPhase } from "../core/run.ts";
import { type ControlAnswer, changed, refusal } from "./control-answer.ts";
import { prepareWorkers, waitForWorkers, waitForWorkersAway } from "./gather-workers.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { LoadControl } from "./load/load-control.ts";
import type { MasterOptions } from "./master-options.ts";
import type { Collector } from "./record/collector.ts";
import { Run } from "./run.ts";
import { RunEnded, type RunOutcome } from "./run-outcome.ts";
import { RunningLoad } from "./running-load.ts";
import type { SearchDirector } from "./search/search-director.ts";
import type { DrainRefusal } from "./worker-orders.ts";
import type { Workers } from "./workers/workers.ts";

/** How often the master writes to the store, even if nothing has changed. */
const activeEveryMs = 1_000;

/**
 * Carries out one run, or resumes one whose master has ended.
 *
 *   waiting -> preparing -> setup -> running -> stopping -> teardown -> finished
 *
 * A run that ends early (too few workers, a signal, a test that throws) continues with teardown when setup had begun, and
 * is finished otherwise. Its caller writes the result and then calls `close`, which ends the run for the workers.
 */
export class Master {
  readonly #run: Run;
  readonly #lifecycle: Lifecycle;

  constructor(options: MasterOptions) {
    this.#run = new Run(options);
    this.#lifecycle = new Lifecycle(this.#run);
    this.#restore();
  }

  get collector(): Collector {
    return this.#run.collector;
  }

  get workers(): Workers {
    return this.#run.workers;
  }

  get phase(): RunPhase {
    return this.#run.phase;
  }

  /** Milliseconds since the first virtual user's start; negative shortly before it; 0 until the start is known. */
  get elapsedMs(): number {
    return this.#run.timeline.elapsedMs;
  }

  /** The events of the run so far, in order of time. */
  get events(): readonly RunEvent[] {
    return this.#run.journal.events;
  }

  /** Controls the load; null while no load is running. */
  get control(): LoadControl | null {
    return this.#run.load?.state === "running" ? this.#run.load.control : null;
  }

  /** The changes that people made to the load so far, in order. */
  get steering(): readonly Steering[] {
    return this.#run.load?.control.steering ?? [];
  }

  /** Controls the load if it is a search; null for any other load, and before it begins. */
  get search(): SearchDirector | null {
    return this.#run.load?.search ?? null;
  }

  /** The number of virtual users that are running now. */
  get users(): number {
    return this.workers.users;
  }

  /** When the load ends by its current plan, in ms since its start. */
  get endMs(): number {
    return this.#run.load?.control.endMs ?? this.#run.options.resolved.durationMs;
  }

  /** The outcome as if the run had completed now. */
  get outcomeSoFar(): RunOutcome {
    return this.#run.outcome({ kind: "completed" });
  }

  /** Runs from the first worker to the last. Never throws because of workers or the test. */
  async run(): Promise<RunOutcome> {
    const { journal, stop } = this.#run;
    // The beat shows other masters that this one is alive, and shows this one when another has taken over.
    const beat = setInterval(() => journal.beat(), activeEveryMs);
    let ending: Ending;
    try {
      ending = await this.#carryOut();
    } catch (error) {
      ending = error instanceof RunEnded ? error.ending : this.#defect(error);
    }
    ending = await this.#lifecycle.runTeardown(ending, this.#run.load !== null);
    clearInterval(beat);
    this.#run.phase = "finished";
    journal.close();
    this.#run.permits.close();
    return this.#run.outcome(stop.superseded ?? ending);
  }

  /** Ends the run early: running iterations may finish after the first call, and are aborted after the second. */
  stop(signal: string): void {
    this.#run.stop.make(signal);
    this.#run.save();
    this.#stopWorkers();
  }

  /**
   * Ends the load early at the user's request: the verdict is based on what was measured. Running iterations may
   * finish, unless `isAtOnce`. A run whose load has not begun is stopped.
   */
  endLoad(isAtOnce = false): ControlAnswer<"run-over"> {
    const { stop, journal, load, phase } = this.#run;
    if (phase === "finished") return refusal("run-over");
    if (isAtOnce) stop.hurry(0);
    if (load?.state === "running") {
      journal.note("stopped", isAtOnce ? "the load was stopped at once" : "the load was stopped");
      load.endEarly(null);
      return changed;
    }
    // Do not wait for setup or teardown. While the load is stopping, still wait for its last reports.
    if (isAtOnce && phase !== "stopping") stop.force();
    if (load === null) this.stop("its user");
    this.#stopWorkers();
    return changed;
  }

  /**
   * Drains one worker while the load continues: it finishes its iterations, sends its last reports and ends. The other
   * workers take over its users and its part of the arrivals.
   */
  drain(number: number): ControlAnswer<"no-load" | DrainRefusal> {
    const { load } = this.#run;
    return load?.state === "running" ? load.orders.drain(number) : refusal("no-load");
  }

  /** Notes that the statistics on a web page were reset. The statistics of the run are unchanged. */
  noteReset(): void {
    const text = "the statistics on the web page were reset; the result is of the whole run";
    this.#run.journal.note("statistics-reset", text);
  }

  /** Adds to the run's events what somebody did on the web page, and logs it. `text` includes who it was. */
  noteAction(text: string): void {
    this.#run.options.log.info(text);
    this.#run.journal.note("audit", text);
  }

  /** Adds a warning to the result, and logs it. */
  warn(text: string): void {
    this.#run.journal.warn(text);
  }

  /** Ends the run with the data so far, because of a defect. Returns false when there is no load to end. */
  fail(error: unknown): boolean {
    return this.#run.endLoad(this.#defect(error));
  }

  /** Ends the run for the workers. */
  close(): void {
    this.workers.close();
    this.#run.permits.close();
  }

  async #carryOut(): Promise<Ending> {
    const run = this.#run;
    const isResumed = run.load !== null;
    run.load ??= await this.#begin();
    run.enter("running");
    if (isResumed) {
      await run.time.wait(run.workers, run.stop, run.journal);
      // Workers that are ready were not admitted while the time of the run was unknown.
      for (const worker of run.workers.connected) if (worker.status === "ready") run.ready(worker);
    } else if (run.load.isActive && !run.stop.isMade) run.load.launch();
    return await run.load.carryOut();
  }

  async #begin(): Promise<RunningLoad> {
    const run = this.#run;
    run.enter("waiting");
    await waitForWorkers(run);
    run.enter("preparing");
    await prepareWorkers(run);
    await this.#lifecycle.runSetup();
    await waitForWorkersAway(run);
    return RunningLoad.begin(run);
  }

  /** Resumes the load if it had begun; otherwise the run starts over. */
  #restore(): void {
    const { restored } = this.#run.options;
    if (restored === null) return;
    const { signal, startedAt } = restored.state;
    if (signal !== null) this.#run.stop.make(signal);
    this.#lifecycle.restore(restored);
    if (startedAt !== null) this.#run.load = RunningLoad.resume(this.#run, restored);
  }

  #stopWorkers(): void {
    this.#run.load?.orders.stop();
    this.workers.notify();
  }

  /** Logs an error that should never be thrown. */
  #defect(error: unknown): Ending {
    this.#run.options.log.error({ err: error }, "a defect in muster");
    const what = error instanceof Error ? error.message : String(error);
    return { kind: "defect", message: `a defect in muster: ${what}; the log has the details` };
  }
}
