import { ThresholdSpans } from "../analysis/threshold-spans.ts";
import { Collector } from "./collector.ts";
import { type DrainAnswer, drain } from "./drain.ts";
import { prepareMessage, prepareWorkers, requireWorkers, waitForWorkers } from "./gather-workers.ts";
import { onOneWorker } from "./lifecycle.ts";
import type { LoadControl } from "./load-control.ts";
import type { MasterOptions, MasterPhase } from "./master-options.ts";
import { Roster } from "./roster.ts";
import { RunBook } from "./run-book.ts";
import { RunEnded } from "./run-ended.ts";
import type { RunEvent } from "./run-event.ts";
import { type Ending, type RunOutcome, workerOutcome } from "./run-outcome.ts";
import { RunTimeline } from "./run-timeline.ts";
import { RunningLoad } from "./running-load.ts";
import type { RunningLoadOptions } from "./running-load-options.ts";
import type { SearchDirector } from "./search/search-director.ts";
import { StopRequest } from "./stop-request.ts";
import type { WorkerHandle } from "./worker-handle.ts";

/** Beyond the timeout of workers: all are back or lost then. */
const timeMarginMs = 1_000;

/**
 * Carries out one run, or goes on with one whose master has ended.
 *
 *   waiting -> preparing -> setup -> running -> stopping -> teardown -> finished
 *
 * An early end (too few workers, a signal, a test that throws) goes straight to teardown when setup had begun, and to
 * finished otherwise. Whoever runs it writes the result and then calls `close`, which sends the workers home.
 */
export class Master {
  readonly collector: Collector;
  readonly roster: Roster;
  readonly #options: MasterOptions;
  readonly #timeline = new RunTimeline(() => performance.now());
  readonly #book: RunBook;
  readonly #stop: StopRequest;
  #phase: MasterPhase = "waiting";
  #setup: Record<string, unknown> = {};
  #setupBegan = false;
  #load: RunningLoad | null = null;
  /** Whether the time of the run is known; a master that was restarted learns it from the first worker that is back. */
  #isTimeKnown = true;

  constructor(options: MasterOptions) {
    this.#options = options;
    const { restored } = options;
    this.collector = new Collector(restored ?? { spans: new ThresholdSpans(options.resolved.thresholds) });
    this.#stop = new StopRequest(options.stopTimeoutMs);
    this.roster = this.#newRoster();
    this.#book = new RunBook({
      ...options,
      collector: this.collector,
      elapsedMs: () => this.elapsedMs,
      find: (number) => this.roster.find(number),
      onCommitted: () => this.#load?.observe(),
      onTaken: (message) => this.#endBy({ kind: "superseded", message }),
    });
    this.#restore();
  }

  get phase(): MasterPhase {
    return this.#phase;
  }

  /** Milliseconds since the first virtual user's start; negative shortly before it; 0 while there is none. */
  get elapsedMs(): number {
    return this.#timeline.elapsedMs;
  }

  /** What happened so far, in the order of time. */
  get events(): readonly RunEvent[] {
    return this.#book.events;
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
    return this.roster.users;
  }

  /** When the load ends as things stand, in ms since its start. */
  get endMs(): number {
    return this.#load?.control.endMs ?? this.#options.resolved.durationMs;
  }

  /** Ends the run early: gently at the first call, at once at the second. */
  stop(signal: string): void {
    this.#stop.make(signal);
    this.#saveState();
    this.#load?.stopWorkers();
    this.roster.notify();
  }

  /**
   * Ends the load before its plan does, as its user's wish: the verdict is that of what was measured. Running iterations may
   * finish, unless it is to be at once. A run whose load has not begun is given up.
   */
  endLoad(isAtOnce = false): void {
    if (isAtOnce) this.#stop.hurry(0);
    if (this.#load?.isRunning === true) {
      this.#book.note("stopped", isAtOnce ? "the load was stopped at once" : "the load was stopped");
      this.#load.cutShort(null);
      return;
    }
    // Only setup and teardown are left to wait for.
    if (isAtOnce && this.#phase !== "stopping") this.#stop.force();
    if (this.#load === null) this.stop("its user");
    this.#load?.stopWorkers();
    this.roster.notify();
  }

  /**
   * Takes one worker out of the run while its load goes on: it finishes its iterations, reports the rest and ends; then
   * the others take over its users and its part of the arrivals.
   */
  drain(number: number): DrainAnswer {
    return drain(this.roster, number, this.#load?.isRunning === true, this.#options);
  }

  /** Somebody has the statistics that are shown begin anew; those that are kept do not. */
  noteReset(): void {
    this.#book.note("statistics-reset", "the statistics on the web page were reset; the result is of the whole run");
  }

  /** As if it had ended here, as planned. */
  get outcomeSoFar(): RunOutcome {
    return this.#outcome({ kind: "completed" });
  }

  /** Runs from the first worker to the last; never throws for what workers or the test do. */
  async run(): Promise<RunOutcome> {
    let ending: Ending;
    try {
      const isResumed = this.#load !== null;
      this.#load ??= await this.#begin();
      this.#enter("running");
      if (isResumed) await this.#learnTime();
      else this.#load.launch();
      ending = await this.#load.carryOut(() => this.#enter("stopping"));
    } catch (error) {
      ending = error instanceof RunEnded ? error.ending : this.#defect(error);
    }
    ending = await this.#runTeardown(ending);
    this.#phase = "finished";
    this.#book.close();
    return this.#outcome(ending);
  }

  /** Something threw that never should: the run ends with what there is. False when there is no load to end. */
  fail(error: unknown): boolean {
    return this.#endBy(this.#defect(error));
  }

  /** Sends the workers home. */
  close(): void {
    this.roster.close();
  }

  async #begin(): Promise<RunningLoad> {
    const { expectWorkers, expectWorkersMaxWaitMs } = this.#options;
    this.#enter("waiting");
    await waitForWorkers(this.roster, this.#stop, expectWorkers, expectWorkersMaxWaitMs);
    this.#enter("preparing");
    await prepareWorkers(this.roster, this.#stop, this.#options);
    await this.#runSetup();
    // Whoever is away for a moment takes part too.
    const isAway = ({ state, isConnected }: WorkerHandle) => state === "ready" && !isConnected;
    const { workerTimeoutMs } = this.#options;
    await this.roster.until(() => !this.roster.alive.some(isAway) || this.#stop.isMade, workerTimeoutMs);
    this.#stop.check();
    return RunningLoad.begin(this.#loadContext());
  }

  /** A wall clock may be wrong: nothing is steered by it. */
  async #learnTime(): Promise<void> {
    const { workerTimeoutMs, orphanTimeoutMs } = this.#options;
    const isKnown = () => this.#isTimeKnown || this.roster.alive.length === 0 || this.#stop.isMade;
    await this.roster.until(isKnown, Math.max(workerTimeoutMs, orphanTimeoutMs) + timeMarginMs);
  }

  async #runSetup(): Promise<void> {
    if (!this.#options.hasSetup) return;
    this.#setupBegan = true;
    this.#enter("setup");
    const done = await onOneWorker(
      this.roster,
      (worker) => worker.runSetup(),
      () => this.#stop.isForced,
    );
    this.collector.addLifecycle(done);
    this.#stop.check();
    if (done === null) requireWorkers(this.roster.alive.length);
    if (done?.error) {
      throw new RunEnded({ kind: "test-code-threw", message: `the test's setup threw: ${done.error.message}` });
    }
    this.#setup = done?.value ?? {};
  }

  /** Also after an abort; a teardown that throws makes a completed run one whose test code threw. */
  async #runTeardown(ending: Ending): Promise<Ending> {
    const began = this.#setupBegan || this.#load !== null;
    if (!this.#options.hasTeardown || !began) return ending;
    this.#enter("teardown");
    const done = await onOneWorker(
      this.roster,
      (worker) => worker.runTeardown(this.#setup),
      () => this.#stop.isForced,
    );
    this.collector.addLifecycle(done);
    if (done === null) {
      const why = this.#stop.isForced ? "the run was stopped at once" : "no worker was left to run it";
      this.#book.warn(`the test's teardown did not end: ${why}`);
    }
    if (!done?.error) return ending;
    const message = `the test's teardown threw: ${done.error.message}`;
    if (ending.kind === "completed") return { kind: "test-code-threw", message };
    this.#book.warn(message);
    return ending;
  }

  #enter(phase: MasterPhase): void {
    this.#phase = phase;
    this.#saveState();
  }

  #saveState(): void {
    this.#book.stands({
      phase: this.#phase,
      startedAt: this.#load?.startedAt.toISOString() ?? null,
      starters: this.#load?.starters ?? [],
      setup: this.#setup,
      signal: this.#stop.signal,
      cutShort: this.#load?.cutShortBy ?? null,
      untaken: this.#load?.membership.untaken ?? [],
      workerUsers: this.roster.workers.map(({ number }) => [number, this.#usersOf(number)]),
    });
  }

  /** Takes the load up again when it had begun; a run that had not is begun anew. */
  #restore(): void {
    const { restored, hasSetup } = this.#options;
    if (restored === null) return;
    const { setup, signal, lifecycleRequests, phase, startedAt } = restored.state;
    if (signal !== null) this.#stop.make(signal);
    this.#setupBegan = hasSetup && phase !== "waiting" && phase !== "preparing";
    if (startedAt === null) return;
    this.#setup = setup;
    this.collector.lifecycleRequests.push(...lifecycleRequests);
    this.#isTimeKnown = false;
    this.#load = RunningLoad.resume(this.#loadContext(), restored);
  }

  #loadContext(): RunningLoadOptions {
    return {
      options: this.#options,
      collector: this.collector,
      roster: this.roster,
      timeline: this.#timeline,
      book: this.#book,
      stop: this.#stop,
      setup: this.#setup,
      isTimeKnown: () => this.#isTimeKnown,
      onCutShort: () => this.#saveState(),
    };
  }

  #newRoster(): Roster {
    return new Roster({
      ...this.#options,
      isOpen: () => this.#load === null || this.#load.isRunning,
      startAtMs: () => this.#timeline.startAtMs,
      beforeWelcome: (elapsedMs) => this.#beforeWelcome(elapsedMs),
      onReport: (worker, report) => {
        this.#book.schedule();
        return this.collector.add(worker.number, report, this.elapsedMs);
      },
      onHere: (worker) => {
        this.#book.touch(worker);
        this.#instruct(worker);
      },
      onReady: (worker) => this.#load?.admit(worker),
      onLost: (worker) => this.#load?.membership.lost(worker),
      onReturned: (worker, isRunning) => {
        this.#load?.membership.returned(worker, isRunning);
        if (isRunning) this.#instruct(worker);
      },
      onLeft: (worker, reason) => this.#load?.membership.left(worker, reason),
      onSlow: (worker, blockedMs) => this.#load?.membership.slow(worker, blockedMs),
    });
  }

  /** It is new or has been away: tells it all that it has to do. */
  #instruct(worker: WorkerHandle): void {
    const isLoading = worker.state === "joined" || worker.state === "loading";
    if (isLoading && this.#phase !== "waiting") {
      worker.prepare(prepareMessage(this.#options), this.#options.bundle);
    } else if (worker.state === "running") this.#load?.instruct(worker);
  }

  /** Only what is committed need not be sent again. */
  #beforeWelcome(elapsedMs: number | null): void {
    const isNew = !this.#isTimeKnown && elapsedMs !== null;
    // Before the commit, which may take a while.
    if (isNew) this.#timeline.startIn(-elapsedMs);
    this.#book.commit();
    if (!isNew) return;
    this.#isTimeKnown = true;
    for (const worker of this.roster.connected) if (worker.state === "ready") this.#load?.admit(worker);
    const from = ((this.#options.restored?.reportedToMs ?? 0) / 1_000).toFixed(1);
    const to = (elapsedMs / 1_000).toFixed(1);
    const text = `the master was away from about ${from} s to ${to} s: the load went on, but nobody could steer it`;
    this.#book.warn(text);
    this.#book.note("master-resumed", text);
  }

  #endBy(ending: Ending): boolean {
    if (this.#load?.isRunning !== true) return false;
    this.#load.cutShort(ending);
    return true;
  }

  #defect(error: unknown): Ending {
    this.#options.log.error({ err: error }, "a defect in muster");
    const what = error instanceof Error ? error.message : String(error);
    return { kind: "defect", message: `a defect in muster: ${what}; the log has the details` };
  }

  #usersOf(worker: number): number {
    return this.#load?.control.userCountOf(worker) ?? 0;
  }

  #outcome(ending: Ending): RunOutcome {
    const { runId, testName, resolved, seed, onWorkerStrain } = this.#options;
    return {
      runId,
      testName,
      resolved,
      seed,
      startedAt: this.#load?.startedAt ?? new Date(),
      durationMs: Math.max(0, this.elapsedMs),
      ending,
      collector: this.collector,
      load: this.#load?.carried ?? { endedMs: 0, dueIterations: 0 },
      onWorkerStrain,
      workers: this.roster.workers.map((worker) => workerOutcome(worker, this.#usersOf(worker.number))),
      warnings: this.#book.warnings,
      events: this.#book.events,
      search: this.search,
    };
  }
}
