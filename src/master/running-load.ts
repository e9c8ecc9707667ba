import { setImmediate as immediate } from "node:timers/promises";
import { formatClock } from "../core/duration.ts";
import type { Ending } from "../core/run.ts";
import type { ScenarioSpec } from "../protocol/scenario-spec.ts";
import { describeThrown } from "../scenario/bundle/test-frames.ts";
import { watchDrift } from "./drift-watch.ts";
import { requireWorkers } from "./gather-workers.ts";
import { LoadControl, type WorkersProgress } from "./load/load-control.ts";
import { loadOf } from "./load/load-made.ts";
import type { ControlLog } from "./load/operation.ts";
import { ScenarioTimes } from "./load/scenario-times.ts";
import { Membership } from "./membership.ts";
import { ServiceObserver } from "./observe/service-observer.ts";
import type { RestoredRun } from "./record/restored-run.ts";
import type { RunProgress } from "./record/run-storage.ts";
import type { RunParts, WatchedLoad } from "./run-context.ts";
import { isWorking, liveStatistics, RunObserver } from "./run-observer.ts";
import { type CarriedLoad, RunEnded } from "./run-outcome.ts";
import type { SearchDirector } from "./search/search-director.ts";
import { searchOfRun } from "./search/search-of-run.ts";
import { WorkWatch } from "./work-watch.ts";
import { startDelayMs, WorkerOrders } from "./worker-orders.ts";

/** How often shape functions are called. */
const tickMs = 1_000;
/** Added to the stop timeout: the time to abort iterations, to report and to acknowledge. */
const stopMarginMs = 15_000;

/** Controls the load of a run, from the start message to the last report. */
export class RunningLoad implements WatchedLoad {
  readonly startedAt: Date;
  /** The workers that the load started with. */
  readonly starters: readonly number[];
  readonly control: LoadControl;
  readonly times: ScenarioTimes;
  /** Controls the load if it is a search; null for any other load. */
  readonly search: SearchDirector | null;
  readonly membership: Membership;
  readonly orders: WorkerOrders;
  /** Checks whether each worker does its work. */
  readonly work = new WorkWatch();
  readonly #run: RunParts;
  readonly #observer: RunObserver;
  #state: WatchedLoad["state"] = "running";
  #endedMs = 0;
  #notedDueMs = 0;
  #endedEarly: { readonly ending: Ending | null } | null = null;

  private constructor(
    run: RunParts,
    startedAt: Date,
    starters: readonly number[],
    log: ControlLog | null,
    { notTakenOver, done }: Pick<RunProgress, "notTakenOver" | "done"> = { notTakenOver: [], done: [] },
  ) {
    const { options, timeline, collector, workers, journal } = run;
    this.#run = run;
    this.startedAt = startedAt;
    this.starters = starters;
    const statistics = () => liveStatistics(collector, workers.users);
    const { resolved } = options;
    this.control = new LoadControl({ resolved, starters, timeline, statistics, journal, workers: this }, log);
    this.times = new ScenarioTimes(resolved.scenarios, options.stopTimeoutMs, done);
    this.membership = new Membership(run, this, notTakenOver);
    this.orders = new WorkerOrders(run, this, this.membership);
    this.#observer = new RunObserver(run, this);
    watchDrift(run, this);
    this.search = searchOfRun(run, this);
    if (log === null) this.search?.begin();
    else this.search?.resume(log.operations);
  }

  /**
   * Plans the load for all workers that are ready now; call `launch` to start it.
   * @throws RunEnded when too few are ready, or a shape function throws.
   */
  static begin(run: RunParts): RunningLoad {
    const { workers, options } = run;
    const starters = workers.connected.filter(({ status }) => status === "ready").map(({ number }) => number);
    requireWorkers(starters.length, options.expectWorkers);
    try {
      return new RunningLoad(run, new Date(Date.now() + startDelayMs), starters, null);
    } catch (error) {
      throw new RunEnded(shapeThrew(error));
    }
  }

  /** Resumes a load that was running when its master ended. Its workers are expected to reconnect. */
  static resume(run: RunParts, restored: RestoredRun): RunningLoad {
    const { workers, timeline } = run;
    const { startedAt, starters, endedEarly } = restored.state;
    const started = new Date(startedAt ?? Date.now());
    // This is an estimate until a worker reconnects: workers know the time of the run.
    timeline.startIn(Math.min(0, started.getTime() - Date.now()));
    for (const worker of restored.workers) workers.add(worker, worker.number, worker);
    const load = new RunningLoad(run, started, starters, restored.control, restored.state);
    load.#endedEarly = endedEarly;
    const { failedStarts } = restored.totals;
    for (const worker of restored.workers) load.work.restore(worker.number, worker, failedStarts);
    // The master may have ended before it stored these workers.
    for (const number of load.control.workers) if (workers.find(number) === undefined) load.control.leave(number);
    return load;
  }

  /** Starts the load on its workers. The load must be committed before. */
  launch(): void {
    this.orders.start(this.starters);
  }

  /** The load as carried out so far. */
  get carried(): CarriedLoad {
    return { loadEndedMs: this.#endedMs, load: this.loadSoFar, steering: this.control.steering };
  }

  /**
   * The planned and generated load of each scenario: in the seconds that all workers have reported while it runs, in
   * the whole load afterwards.
   */
  get loadSoFar(): CarriedLoad["load"] {
    const { collector, workers } = this.#run;
    const isRunning = this.#state === "running";
    const untilMs = isRunning ? Math.min(collector.recent.closedToMs, this.control.endMs) : this.#endedMs;
    const isOver = !isRunning && this.#endedEarly === null && !this.#run.stop.isMade;
    return loadOf(this.control.scenarios, { untilMs, isOver, workers: workers.all, ledger: collector.ledger });
  }

  get state(): WatchedLoad["state"] {
    return this.#state;
  }

  get isActive(): boolean {
    return this.#state === "running" && this.#endedEarly === null;
  }

  /**
   * Why the load ends early, if not by a signal; null if it does not. With a null ending, the verdict is based on what
   * was measured.
   */
  get endedEarly(): { readonly ending: Ending | null } | null {
    return this.#endedEarly;
  }

  /**
   * Controls the load until its plan ends, all workers have stopped, or it is ended early; then waits for the last
   * reports.
   */
  async carryOut(): Promise<Ending> {
    const { workers, options, collector, journal, timeline, stop } = this.#run;
    const isOver = () => stop.isSuperseded || !workers.all.some(isWorking);
    const isPassingOn = () => !stop.isSuperseded && this.control.isPassingOn(this.#progress);
    const observer = new ServiceObserver(this.#run);
    const threw = await this.#steer(() => isOver() && !isPassingOn()).finally(() => observer.stop());
    this.#endedMs = Math.max(0, Math.min(this.control.endMs, timeline.elapsedMs));
    this.#state = "stopping";
    workers.isOpen = false;
    this.#run.enter("stopping");
    if (threw !== null) this.orders.stop();
    await workers.until(isOver, options.stopTimeoutMs + stopMarginMs);
    if (!isOver()) for (const worker of workers.all.filter(isWorking)) worker.lose("did not stop in time");
    this.#state = "over";
    collector.complete();
    journal.commit();
    timeline.end();
    this.#observer.finish();
    this.#noteIdle();
    stop.check();
    return threw ?? this.#endedEarly?.ending ?? this.#endingOfPlan();
  }

  endEarly(ending: Ending | null): void {
    this.#endedEarly ??= { ending };
    this.#run.save();
    this.orders.stop();
    this.#run.workers.notify();
  }

  /** Checks the load. Call it after each commit. */
  observe(): void {
    this.#observer.look();
  }

  async #steer(isOver: () => boolean): Promise<Ending | null> {
    const { workers, stop, timeline } = this.#run;
    const isToEnd = () => isOver() || stop.isMade || this.#endedEarly !== null;
    const mostMs = this.#run.options.resolved.maxDurationMs ?? Number.POSITIVE_INFINITY;
    while (!isToEnd() && timeline.elapsedMs < this.control.endMs) {
      const untilEndMs = Math.max(1, Math.min(mostMs, this.control.endMs) - timeline.elapsedMs);
      await workers.until(isToEnd, Math.min(tickMs, untilEndMs));
      if (timeline.elapsedMs >= mostMs && mostMs < this.control.endMs) this.#endByDuration(mostMs);
      try {
        if (!isToEnd()) this.control.tick(this.#progress);
        this.#noteDueWork();
        this.#noteFinished();
      } catch (error) {
        return shapeThrew(error);
      }
      // After a stall of the master, read the messages that have arrived meanwhile first.
      await immediate();
      this.observe();
      this.#endOfSearch();
    }
    // A worker may have ended, and another may have been lost, since the last check.
    this.#noteFinished();
    return null;
  }

  /**
   * Returns how to send a worker its share of the load, for the load control: a worker that is still waiting for its
   * first share is started with it.
   */
  find(number: number): { update(scenarios: ScenarioSpec[]): void } | undefined {
    const worker = this.#run.workers.find(number);
    return worker?.status === "ready" ? { update: () => this.orders.admit(worker) } : worker;
  }

  get #progress(): WorkersProgress {
    return this.#run.workers.alive.map(({ number, state }) => [number, state.load]);
  }

  /** Records the work due in this second for each worker that is connected and runs its load. */
  #noteDueWork(): void {
    const { workers, timeline } = this.#run;
    if (!this.isActive || timeline.elapsedMs - this.#notedDueMs < tickMs) return;
    this.#notedDueMs = timeline.elapsedMs;
    for (const { number, status, state } of workers.connected) {
      if (status === "running" && !state.isLeaving) this.work.due(number, this.control.dueOf(number));
    }
  }

  /** Adds an event for each idle worker. An idle worker makes the run invalid, however small its part was. */
  #noteIdle(): void {
    const { workers, options, journal } = this.#run;
    if (options.resolved.search !== null) return;
    for (const worker of workers.all) {
      const idleness = worker.state.lostBecause === null ? this.work.idleness(worker.number) : null;
      if (idleness !== null) journal.alert("worker-idle", `${worker.description} ${idleness}`);
    }
  }

  /** Handles workers that have completed their counted iterations. */
  #noteFinished(): void {
    const { workers, stop } = this.#run;
    if (stop.isMade || this.#endedEarly !== null) return;
    for (const worker of workers.all)
      if (worker.status === "stopped" && worker.isDone) this.membership.finished(worker);
  }

  #endByDuration(mostMs: number): void {
    if (this.#endedEarly !== null) return;
    this.#run.journal.note("max-duration", `the load has lasted ${formatClock(mostMs)} (maxDuration)`);
    this.endEarly(null);
  }

  /** Ends the load when the search is over. Running iterations may finish. */
  #endOfSearch(): void {
    if (this.search === null || this.search.reason === null || this.#endedEarly !== null) return;
    this.#run.journal.note("search-ended", `the search has ended: ${this.search.reason}`);
    this.endEarly(null);
  }

  /** @throws RunEnded when no worker is left */
  #endingOfPlan(): Ending {
    const { workers } = this.#run;
    requireWorkers(workers.alive.length);
    const lost = this.membership.notTakenOver.length;
    if (lost === 0) return { kind: "completed" };
    const message = `${lost} of ${workers.all.length} workers were lost, and the others could not take over all their load: less load than planned was generated`;
    return { kind: "workers-lost", message };
  }
}

function shapeThrew(error: unknown): Ending {
  return { kind: "test-code-threw", message: `the test's shape function threw: ${describeThrown(error)}` };
}
