import { ThresholdSpans } from "../analysis/threshold-spans.ts";
import type { Ending, RunEvent, RunPhase } from "../core/run.ts";
import { prepareWorkers, waitForWorkers, waitForWorkersAway } from "./gather-workers.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { LoadControl } from "./load/load-control.ts";
import type { MasterOptions } from "./master-options.ts";
import { defectEnding, outcomeOfRun } from "./outcome-of-run.ts";
import { Collector } from "./record/collector.ts";
import { RunBook } from "./record/run-book.ts";
import { ResumedTime } from "./resumed-time.ts";
import type { RunParts } from "./run-context.ts";
import { RunEnded } from "./run-ended.ts";
import type { RunOutcome } from "./run-outcome.ts";
import { RunTimeline } from "./run-timeline.ts";
import { RunningLoad } from "./running-load.ts";
import type { RunningLoadOptions } from "./running-load-options.ts";
import type { SearchDirector } from "./search/search-director.ts";
import { StopRequest } from "./stop-request.ts";
import { workersOfRun } from "./worker-events.ts";
import { type DrainAnswer, drain } from "./workers/drain.ts";
import type { Workers } from "./workers/workers.ts";

/**
 * Carries out one run, or goes on with one whose master has ended.
 *
 *   waiting -> preparing -> setup -> running -> stopping -> teardown -> finished
 *
 * An early end (too few workers, a signal, a test that throws) goes straight to teardown when setup had begun, and to
 * finished otherwise. Whoever runs it writes the result and then calls `close`, which sends the workers home.
 */
export class Master {
  readonly #parts: RunParts;
  readonly #lifecycle: Lifecycle;
  readonly #time: ResumedTime;
  #phase: RunPhase = "waiting";
  #load: RunningLoad | null = null;

  constructor(options: MasterOptions) {
    const { restored, resolved, stopTimeoutMs } = options;
    const timeline = new RunTimeline(() => performance.now());
    const collector = new Collector(restored ?? { spans: new ThresholdSpans(resolved.thresholds) });
    const workers = workersOfRun({
      options,
      timeline,
      parts: () => this.#parts,
      time: () => this.#time,
      load: () => this.#load,
      phase: () => this.#phase,
    });
    const book = new RunBook({
      ...options,
      collector,
      elapsedMs: () => timeline.elapsedMs,
      find: (number) => workers.find(number),
      onCommitted: () => this.#load?.observe(),
      onTaken: (message) => this.#endBy({ kind: "superseded", message }),
    });
    this.#parts = { options, collector, workers, timeline, book, stop: new StopRequest(stopTimeoutMs) };
    this.#time = new ResumedTime(this.#parts);
    this.#lifecycle = new Lifecycle({ ...this.#parts, onPhase: (phase) => this.#enter(phase) });
    this.#restore();
  }

  get collector(): Collector {
    return this.#parts.collector;
  }

  get workers(): Workers {
    return this.#parts.workers;
  }

  get phase(): RunPhase {
    return this.#phase;
  }

  /** Milliseconds since the first virtual user's start; negative shortly before it; 0 while there is none. */
  get elapsedMs(): number {
    return this.#parts.timeline.elapsedMs;
  }

  /** What happened so far, in the order of time. */
  get events(): readonly RunEvent[] {
    return this.#parts.book.events;
  }

  /** What steers the load; null while there is none. */
  get control(): LoadControl | null {
    return this.#load?.isRunning === true ? this.#load.control : null;
  }

  /** What decides the load when that is a search; null for any other, and before it begins. */
  get search(): SearchDirector | null {
    return this.#load?.search ?? null;
  }

  /** Virtual users that run now. */
  get users(): number {
    return this.workers.users;
  }

  /** When the load ends as things stand, in ms since its start. */
  get endMs(): number {
    return this.#load?.control.endMs ?? this.#parts.options.resolved.durationMs;
  }

  /** As if it had ended here, as planned. */
  get outcomeSoFar(): RunOutcome {
    return outcomeOfRun(this.#parts, this.#load, { kind: "completed" });
  }

  /** Runs from the first worker to the last; never throws for what workers or the test do. */
  async run(): Promise<RunOutcome> {
    let ending: Ending;
    try {
      ending = await this.#carryOut();
    } catch (error) {
      ending = error instanceof RunEnded ? error.ending : defectEnding(this.#parts, error);
    }
    ending = await this.#lifecycle.runTeardown(ending, this.#load !== null);
    this.#phase = "finished";
    this.#parts.book.close();
    return outcomeOfRun(this.#parts, this.#load, ending);
  }

  /** Ends the run early: gently at the first call, at once at the second. */
  stop(signal: string): void {
    this.#parts.stop.make(signal);
    this.#saveState();
    this.#load?.stopWorkers();
    this.workers.notify();
  }

  /**
   * Ends the load before its plan does, as its user's wish: the verdict is that of what was measured. Running iterations may
   * finish, unless it is to be at once. A run whose load has not begun is given up.
   */
  endLoad(isAtOnce = false): void {
    const { stop, book } = this.#parts;
    if (isAtOnce) stop.hurry(0);
    if (this.#load?.isRunning === true) {
      book.note("stopped", isAtOnce ? "the load was stopped at once" : "the load was stopped");
      this.#load.endEarly(null);
      return;
    }
    // Only setup and teardown are left to wait for.
    if (isAtOnce && this.#phase !== "stopping") stop.force();
    if (this.#load === null) this.stop("its user");
    this.#load?.stopWorkers();
    this.workers.notify();
  }

  /**
   * Takes one worker out of the run while its load goes on: it finishes its iterations, reports the rest and ends; then
   * the others take over its users and its part of the arrivals.
   */
  drain(number: number): DrainAnswer {
    return drain(this.workers, number, this.#load?.isRunning === true, this.#parts.options);
  }

  /** Somebody has the statistics that are shown begin anew; those that are kept do not. */
  noteReset(): void {
    const text = "the statistics on the web page were reset; the result is of the whole run";
    this.#parts.book.note("statistics-reset", text);
  }

  /** Something threw that never should: the run ends with what there is. False when there is no load to end. */
  fail(error: unknown): boolean {
    return this.#endBy(defectEnding(this.#parts, error));
  }

  /** Sends the workers home. */
  close(): void {
    this.workers.close();
  }

  async #carryOut(): Promise<Ending> {
    const isResumed = this.#load !== null;
    this.#load ??= await this.#begin();
    this.#enter("running");
    if (isResumed) await this.#time.wait();
    else this.#load.launch();
    return await this.#load.carryOut(() => this.#enter("stopping"));
  }

  async #begin(): Promise<RunningLoad> {
    this.#enter("waiting");
    await waitForWorkers(this.#parts);
    this.#enter("preparing");
    await prepareWorkers(this.#parts);
    await this.#lifecycle.runSetup();
    await waitForWorkersAway(this.#parts);
    return RunningLoad.begin(this.#loadOptions());
  }

  /** Takes the load up again when it had begun; a run that had not is begun anew. */
  #restore(): void {
    const { restored } = this.#parts.options;
    if (restored === null) return;
    const { signal, startedAt } = restored.state;
    if (signal !== null) this.#parts.stop.make(signal);
    this.#lifecycle.restore(restored);
    if (startedAt !== null) this.#load = RunningLoad.resume(this.#loadOptions(), restored);
  }

  #loadOptions(): RunningLoadOptions {
    return {
      ...this.#parts,
      setup: this.#lifecycle.setup,
      isTimeKnown: () => this.#time.isKnown,
      onEndedEarly: () => this.#saveState(),
    };
  }

  #enter(phase: RunPhase): void {
    this.#phase = phase;
    this.#saveState();
  }

  #saveState(): void {
    const { book, stop, workers } = this.#parts;
    const load = this.#load;
    book.stands({
      phase: this.#phase,
      startedAt: load?.startedAt.toISOString() ?? null,
      starters: load?.starters ?? [],
      setup: this.#lifecycle.setup,
      signal: stop.signal,
      endedEarly: load?.endedEarly ?? null,
      notTakenOver: load?.membership.notTakenOver ?? [],
      workerUsers: workers.all.map(({ number }) => [number, load?.control.userCountOf(number) ?? 0]),
    });
  }

  #endBy(ending: Ending): boolean {
    if (this.#load?.isRunning !== true) return false;
    this.#load.endEarly(ending);
    return true;
  }
}
