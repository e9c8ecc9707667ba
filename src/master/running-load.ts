import { setImmediate as immediate } from "node:timers/promises";
import type { Ending } from "../core/run.ts";
import { describeThrown } from "../scenario/bundle/test-frames.ts";
import { controlOfLoad } from "./control-of-load.ts";
import { watchDrift } from "./drift-watch.ts";
import { requireWorkers } from "./gather-workers.ts";
import type { LoadControl } from "./load/load-control.ts";
import type { ControlLog } from "./load/operation.ts";
import { workerLossOfLoad } from "./membership-of-load.ts";
import type { RestoredRun } from "./record/run-storage.ts";
import { RunEnded } from "./run-ended.ts";
import { isWorking, RunObserver } from "./run-observer.ts";
import type { CarriedLoad } from "./run-outcome.ts";
import type { RunningLoadOptions } from "./running-load-options.ts";
import type { SearchDirector } from "./search/search-director.ts";
import { searchOfRun } from "./search/search-of-run.ts";
import type { WorkerLoss } from "./worker-loss.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

/** How often shape functions are asked. */
const tickMs = 1_000;
/** From the start message to the agreed instant: every worker must have it by then. */
const startDelayMs = 100;
/** Beyond the stop timeout: to abort, to report and to acknowledge. */
const stopMarginMs = 15_000;

/** A worker that joins later numbers its iterations from here on, times its own number: months of 10,000 a second lie between two. */
const iterationsOfLateWorker = 2 ** 36;
/** What running iterations get when a threshold ends the run. */
const breachStopMs = 1_000;

/** The load of a run, from the start message to the last report: steers it, and lets workers come and go. */
export class RunningLoad {
  readonly startedAt: Date;
  /** The workers that it began with. */
  readonly starters: readonly number[];
  readonly control: LoadControl;
  readonly membership: WorkerLoss;
  readonly #observer: RunObserver;
  /** What decides the load when that is a search. */
  readonly search: SearchDirector | null;
  readonly #context: RunningLoadOptions;
  #endedMs = 0;
  #state: "running" | "stopping" | "over" = "running";
  /** Why it is to end before its plan does: null for its user's wish. */
  #endedEarly: { readonly ending: Ending | null } | null = null;

  private constructor(
    context: RunningLoadOptions,
    startedAt: Date,
    starters: readonly number[],
    log: ControlLog | null,
    notTakenOver: readonly number[],
  ) {
    this.#context = context;
    this.startedAt = startedAt;
    this.starters = starters;
    this.control = controlOfLoad(context, starters, log);
    this.membership = workerLossOfLoad(context, notTakenOver, {
      isOver: () => this.#state === "over",
      control: () => (this.isRunning ? this.control : null),
      giveUp: (message) => {
        if (this.isRunning) this.endEarly({ kind: "too-few-workers", message });
      },
    });
    const { resolved, onWorkerStrain } = context.options;
    const onBreach = (breach: string) => this.#endOnBreach(breach);
    this.#observer = new RunObserver({ ...context, thresholds: resolved.thresholds, onWorkerStrain, onBreach });
    const isActive = () => this.isRunning && this.#endedEarly === null;
    watchDrift(context, isActive, (message) => this.endEarly({ kind: "drifting", message }));
    this.search = searchOfRun({ ...context, control: this.control, isActive });
    if (log === null) this.search?.begin();
    else this.search?.resume(log.operations);
  }

  /**
   * The load of all workers that are ready now; `launch` begins it.
   * @throws RunEnded when too few are ready, or a shape function throws.
   */
  static begin(context: RunningLoadOptions): RunningLoad {
    const { workers, options } = context;
    const starters = workers.connected.filter(({ state }) => state === "ready").map(({ number }) => number);
    requireWorkers(starters.length, options.expectWorkers);
    try {
      return new RunningLoad(context, new Date(Date.now() + startDelayMs), starters, null, []);
    } catch (error) {
      throw new RunEnded(shapeThrew(error));
    }
  }

  /** Goes on with a load that was under way when its master ended; the workers are to come back. */
  static resume(context: RunningLoadOptions, restored: RestoredRun): RunningLoad {
    const { workers, timeline } = context;
    const { startedAt, starters, endedEarly, notTakenOver } = restored.state;
    const began = new Date(startedAt ?? Date.now());
    // Good enough until the first worker is back, which knows the time of the run.
    timeline.startIn(Math.min(0, began.getTime() - Date.now()));
    for (const { number, id, host, pid, ...facts } of restored.workers) {
      workers.add({ id, host, pid }, number).restore(facts);
    }
    const load = new RunningLoad(context, began, starters, restored.control, notTakenOver);
    load.#endedEarly = endedEarly;
    // The master may have ended before it wrote down who they were.
    for (const number of load.control.workers) if (workers.find(number) === undefined) load.control.leave(number);
    return load;
  }

  /** Has its workers begin at an agreed instant; to be called once it is written down that they will. */
  launch(): void {
    const { workers, timeline, book, setup } = this.#context;
    const specs = this.starters.map((number) => this.control.specsFor(number));
    // Only now: with many users and workers it takes a while to get here.
    const startAtMs = timeline.startIn(startDelayMs);
    this.starters.forEach((number, position) => {
      const worker = workers.find(number);
      const iterationNumbers = { first: position, step: this.starters.length };
      worker?.start({ startAtMs, iterationNumbers, setup, scenarios: specs[position] ?? [] });
      if (worker !== undefined) book.touch(worker);
    });
  }

  /** What became of it. */
  get carried(): CarriedLoad {
    return { loadEndedMs: this.#endedMs, dueIterations: this.control.dueBefore(this.#endedMs) };
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** Why it is to end before its plan does, beside a signal: a null ending for its user's wish. */
  get endedEarly(): { readonly ending: Ending | null } | null {
    return this.#endedEarly;
  }

  /** Keeps the load to its plan until that ends, all workers have, or somebody will; then waits for the last reports. */
  async carryOut(onStopping: () => void): Promise<Ending> {
    const { workers, options, collector, book, timeline, stop } = this.#context;
    const isOver = () => !workers.all.some(isWorking);
    const threw = await this.#steer(isOver);
    this.#endedMs = Math.max(0, Math.min(this.control.endMs, timeline.elapsedMs));
    this.#state = "stopping";
    onStopping();
    if (threw !== null) this.stopWorkers();
    await workers.until(isOver, options.stopTimeoutMs + stopMarginMs);
    for (const worker of workers.all.filter(isWorking)) worker.lose("did not stop in time");
    this.#state = "over";
    collector.complete();
    book.commit();
    timeline.end();
    this.#observer.finish();
    stop.check();
    const cut = threw ?? this.#endedEarly?.ending ?? null;
    if (cut !== null) return cut;
    requireWorkers(workers.alive.length);
    const notTakenOver = this.membership.notTakenOver.length;
    if (notTakenOver === 0) return { kind: "completed" };
    const message = `${notTakenOver} of ${workers.all.length} workers were lost, and the others could not do all their work: the load was not as planned`;
    return { kind: "workers-lost", message };
  }

  /** Ends the load before its plan does; without an ending of its own the verdict is that of what was measured. */
  endEarly(ending: Ending | null): void {
    this.#endedEarly ??= { ending };
    this.#context.onEndedEarly();
    this.stopWorkers();
    this.#context.workers.notify();
  }

  /** Something new is committed. */
  observe(): void {
    this.#observer.look();
  }

  stopWorkers(): void {
    const { workers, stop } = this.#context;
    for (const worker of workers.all) worker.stop(stop.timeoutMs);
  }

  /** A worker that is ready gets its share of the load. */
  admit(worker: ConnectedWorker): void {
    const { startAtMs } = this.#context.timeline;
    // A restarted master does not know the time yet, and no more does a worker that it has just met.
    if (!this.isRunning || startAtMs === null || !this.#context.isTimeKnown()) return;
    if (!this.control.workers.includes(worker.number)) this.membership.joined(worker);
    const iterationNumbers = { first: worker.number * iterationsOfLateWorker, step: 1 };
    const scenarios = this.control.specsFor(worker.number);
    worker.start({ startAtMs, iterationNumbers, setup: this.#context.setup, scenarios });
    this.#context.book.touch(worker);
  }

  /** Tells a worker that has been away all that it has to do, as things stand. */
  instruct(worker: ConnectedWorker): void {
    const isToStop = this.#endedEarly !== null || this.#context.stop.isMade;
    if (this.isRunning && !isToStop && worker.isLeaving) worker.leave(this.#context.stop.timeoutMs);
    else if (this.isRunning && !isToStop) worker.update(this.control.specsFor(worker.number));
    else worker.stop(this.#context.stop.timeoutMs);
  }

  async #steer(isOver: () => boolean): Promise<Ending | null> {
    const { workers, stop, timeline } = this.#context;
    const isToEnd = () => isOver() || stop.isMade || this.#endedEarly !== null;
    while (!isToEnd() && timeline.elapsedMs < this.control.endMs) {
      const untilEndMs = Math.max(1, this.control.endMs - timeline.elapsedMs);
      await workers.until(isToEnd, Math.min(tickMs, untilEndMs));
      try {
        if (!isToEnd()) this.control.tick();
        this.#noteFinished();
      } catch (error) {
        return shapeThrew(error);
      }
      // After a stall of the master, what has come meanwhile is read first.
      await immediate();
      this.observe();
      this.#endOfSearch();
    }
    return null;
  }

  /** Counted iterations are done when they are done. */
  #noteFinished(): void {
    const { workers, stop } = this.#context;
    if (stop.isMade || this.#endedEarly !== null) return;
    for (const worker of workers.all) if (worker.state === "stopped" && worker.isDone) this.membership.finished(worker);
  }

  /** A threshold with `abortOnFail` ends the load; iterations have a moment to finish. */
  #endOnBreach(breach: string): void {
    const { book, stop } = this.#context;
    if (!this.isRunning || this.#endedEarly !== null) return;
    book.note("threshold-breached", breach);
    stop.hurry(breachStopMs);
    this.endEarly({ kind: "threshold-breached", message: `${breach}: the run was ended (abortOnFail)` });
  }

  /** A search that is over ends the load; iterations have their time to finish. */
  #endOfSearch(): void {
    if (this.search === null || this.search.reason === null || this.#endedEarly !== null) return;
    this.#context.book.note("search-ended", `the search has ended: ${this.search.reason}`);
    this.endEarly(null);
  }
}

function shapeThrew(error: unknown): Ending {
  return { kind: "test-code-threw", message: `the test's shape function threw: ${describeThrown(error)}` };
}
