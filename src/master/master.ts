import { describeThrown } from "../scenario/test-frames.ts";
import { Absences, type TakeOver } from "./absences.ts";
import { Collector } from "./collector.ts";
import { prepareWorkers, requireWorkers, waitForWorkers } from "./gather-workers.ts";
import { onOneWorker } from "./lifecycle.ts";
import { liveStatistics } from "./live-statistics.ts";
import { LoadControl, type LoadControlOptions } from "./load-control.ts";
import type { MasterOptions, MasterPhase } from "./master-options.ts";
import { Roster } from "./roster.ts";
import { RunEnded } from "./run-ended.ts";
import { type Ending, type RunOutcome, workerOutcome } from "./run-outcome.ts";
import { StopRequest } from "./stop-request.ts";
import type { WorkerHandle } from "./worker-handle.ts";

/** How often shape functions are asked. */
const tickMs = 1_000;
/** From the start message to the agreed instant: every worker must have it by then. */
const startDelayMs = 100;
/** Beyond the stop timeout: to abort, to report and to acknowledge. */
const stopMarginMs = 15_000;

/**
 * Carries out one run.
 *
 *   waiting -> preparing -> setup -> running -> stopping -> teardown -> finished
 *
 * An early end (too few workers, a signal, a test that throws) goes straight to teardown when setup had begun, and to
 * finished otherwise. Whoever runs it writes the result and then calls `close`, which sends the workers home.
 */
export class Master {
  readonly collector = new Collector();
  readonly roster: Roster;
  readonly #options: MasterOptions;
  readonly #warnings: string[] = [];
  #phase: MasterPhase = "waiting";
  #startAtMs: number | null = null;
  #endedAtMs: number | null = null;
  #startedAt = new Date();
  readonly #stop: StopRequest;
  #setup: Record<string, unknown> = {};
  #setupBegan = false;
  #control: LoadControl | null = null;
  #isStopped = false;
  readonly #absences = new Absences(
    this.collector.ledger,
    (worker) => this.#takeOver(worker),
    (kind, text) => this.#control?.note(kind, text),
  );

  constructor(options: MasterOptions) {
    this.#options = options;
    this.#stop = new StopRequest(options.stopTimeoutMs);
    this.roster = new Roster({
      ...options,
      isOpen: () => this.#phase === "waiting",
      onReport: (worker, report) => this.collector.add(worker.number, report, this.elapsedMs),
      onLost: (worker) => this.#noteLoss(worker),
      onLeft: (worker) => this.#noteLeaving(worker),
    });
  }

  get phase(): MasterPhase {
    return this.#phase;
  }

  /** Milliseconds since the first virtual user's start; negative shortly before it; 0 while there is none. */
  get elapsedMs(): number {
    if (this.#startAtMs === null) return 0;
    return (this.#endedAtMs ?? performance.now()) - this.#startAtMs;
  }

  /** Ends the run early: gently at the first call, at once at the second. */
  stop(signal: string): void {
    this.#stop.make(signal);
    if (this.#phase === "running" || this.#phase === "stopping") this.#stopWorkers();
    this.roster.notify();
  }

  /** Ends the load before its plan does, as its user's wish: the verdict is that of what was measured. */
  endLoad(): void {
    if (this.#phase !== "running") return;
    this.#isStopped = true;
    this.#control?.note("stopped", "the load was stopped");
    this.#stopWorkers();
    this.roster.notify();
  }

  /** What steers the load; null while there is none. */
  get control(): LoadControl | null {
    return this.#phase === "running" ? this.#control : null;
  }

  /** Virtual users that run now. */
  get users(): number {
    return this.roster.alive.reduce((sum, worker) => sum + worker.users, 0);
  }

  /** When the load ends as things stand, in ms since its start. */
  get endMs(): number {
    return this.#control?.endMs ?? this.#options.resolved.durationMs;
  }

  /** Runs from the first worker to the last; never throws for what workers or the test do. */
  async run(): Promise<RunOutcome> {
    let ending: Ending;
    try {
      const { expectWorkers, expectWorkersMaxWaitMs } = this.#options;
      await waitForWorkers(this.roster, this.#stop, expectWorkers, expectWorkersMaxWaitMs);
      await this.#prepare();
      await this.#runSetup();
      ending = await this.#runLoad();
    } catch (error) {
      if (!(error instanceof RunEnded)) throw error;
      ending = error.ending;
    }
    ending = await this.#runTeardown(ending);
    this.#phase = "finished";
    return this.#outcome(ending);
  }

  /** Sends the workers home. */
  close(): void {
    this.roster.close();
  }

  async #prepare(): Promise<void> {
    this.#phase = "preparing";
    const { resolved, bundle, environment, seed, stopTimeoutMs } = this.#options;
    const { profile, host } = resolved;
    const message = { bundleHash: bundle.hash, profile, host, seed, environment, stopTimeoutMs };
    await prepareWorkers(this.roster, this.#stop, message, bundle);
  }

  async #runSetup(): Promise<void> {
    if (!this.#options.hasSetup) return;
    this.#phase = "setup";
    this.#setupBegan = true;
    const done = await onOneWorker(
      this.roster,
      (worker) => worker.runSetup(),
      () => this.#stop.isForced,
    );
    this.collector.addLifecycle(done);
    this.#stop.check();
    if (done === null) requireWorkers(this.roster);
    if (done?.error) {
      throw new RunEnded({ kind: "test-code-threw", message: `the test's setup threw: ${done.error.message}` });
    }
    this.#setup = done?.value ?? {};
  }

  async #runLoad(): Promise<Ending> {
    const workers = this.roster.workers.filter((worker) => worker.state === "ready");
    requireWorkers(this.roster, this.#options.expectWorkers);
    const control = this.#newControl(workers);
    const specs = workers.map((worker) => control.specsFor(worker.number));
    // Only now: with many users and workers it takes a while to get here.
    const startAtMs = performance.now() + startDelayMs;
    this.#phase = "running";
    this.#control = control;
    this.#startAtMs = startAtMs;
    this.#startedAt = new Date(Date.now() + startDelayMs);
    workers.forEach((worker, position) => {
      worker.start({ startAtMs, setup: this.#setup, scenarios: specs[position] ?? [] });
    });
    const running = (worker: WorkerHandle) => worker.state === "running";
    const over = () => !workers.some(running);
    const threw = await this.#steer(control, over);
    this.#phase = "stopping";
    await this.roster.until(over, this.#options.stopTimeoutMs + stopMarginMs);
    for (const worker of workers.filter(running)) worker.lose("did not stop in time");
    this.#endedAtMs = performance.now();
    this.#stop.check();
    requireWorkers(this.roster);
    if (threw !== null) return threw;
    const { count } = this.#absences;
    if (count === 0) return { kind: "completed" };
    const message = `${count} of ${workers.length} workers were lost, and the others could not do all their work: the load was not as planned`;
    return { kind: "workers-lost", message };
  }

  /** Keeps the load to its plan until that ends, all workers have, or the user will. */
  async #steer(control: LoadControl, over: () => boolean): Promise<Ending | null> {
    const isOver = () => over() || this.#stop.isMade || this.#isStopped;
    while (!isOver() && this.elapsedMs < control.endMs) {
      const untilEndMs = Math.max(1, control.endMs - this.elapsedMs);
      await this.roster.until(isOver, Math.min(tickMs, untilEndMs));
      try {
        if (!isOver()) control.tick();
      } catch (error) {
        this.#stopWorkers();
        return shapeThrew(error);
      }
    }
    return null;
  }

  #newControl(workers: readonly WorkerHandle[]): LoadControl {
    try {
      return new LoadControl(this.#controlOptions(workers));
    } catch (error) {
      throw new RunEnded(shapeThrew(error));
    }
  }

  #controlOptions(workers: readonly WorkerHandle[]): LoadControlOptions {
    return {
      resolved: this.#options.resolved,
      workers: workers.map((worker) => worker.number),
      nowMs: () => this.elapsedMs,
      statistics: () => liveStatistics(this.collector, this.elapsedMs, this.users),
      send: (number, scenarios) => this.roster.workers.find((worker) => worker.number === number)?.update(scenarios),
    };
  }

  /** Also after an abort; a teardown that throws makes a completed run one whose test code threw. */
  async #runTeardown(ending: Ending): Promise<Ending> {
    const began = this.#setupBegan || this.#startAtMs !== null;
    if (!this.#options.hasTeardown || !began) return ending;
    this.#phase = "teardown";
    const done = await onOneWorker(
      this.roster,
      (worker) => worker.runTeardown(this.#setup),
      () => this.#stop.isForced,
    );
    this.collector.addLifecycle(done);
    if (done === null) {
      const why = this.#stop.isForced ? "the run was stopped at once" : "no worker was left to run it";
      this.#warnings.push(`the test's teardown did not end: ${why}`);
    }
    if (!done?.error) return ending;
    const message = `the test's teardown threw: ${done.error.message}`;
    if (ending.kind === "completed") return { kind: "test-code-threw", message };
    this.#warnings.push(message);
    return ending;
  }

  #stopWorkers(): void {
    for (const worker of this.roster.workers) worker.stop(this.#stop.timeoutMs);
  }

  /** Virtual users that the worker has at the most. */
  #usersOf(worker: WorkerHandle): number {
    return this.#control?.userCountOf(worker.number) ?? 0;
  }

  /** While the load runs, the other workers take over what a worker that has gone would have done. */
  #takeOver(worker: WorkerHandle): TakeOver {
    const users = this.#usersOf(worker);
    return { users, isTaken: this.#phase !== "running" || this.#control?.leave(worker.number) === true };
  }

  #noteLeaving(worker: WorkerHandle): void {
    if (this.#phase === "running") this.#absences.left(worker, this.elapsedMs);
  }

  #noteLoss(worker: WorkerHandle): void {
    if (this.#startAtMs !== null) this.#absences.lost(worker, this.elapsedMs);
  }

  #outcome(ending: Ending): RunOutcome {
    const { runId, testName, resolved, seed } = this.#options;
    return {
      runId,
      testName,
      resolved,
      seed,
      startedAt: this.#startedAt,
      durationMs: Math.max(0, this.elapsedMs),
      ending,
      collector: this.collector,
      workers: this.roster.workers.map((worker) => workerOutcome(worker, this.#usersOf(worker))),
      warnings: [...this.#absences.warnings, ...this.#warnings],
      events: this.#control?.events ?? [],
    };
  }
}

function shapeThrew(error: unknown): Ending {
  return { kind: "test-code-threw", message: `the test's shape function threw: ${describeThrown(error)}` };
}
