import type { Logger } from "pino";
import type { Bundle } from "../scenario/bundle.ts";
import type { ResolvedRun } from "../scenario/resolve.ts";
import { Collector } from "./collector.ts";
import { onOneWorker } from "./lifecycle.ts";
import { sharesOf } from "./population.ts";
import { Roster } from "./roster.ts";
import type { Ending, RunOutcome } from "./run-outcome.ts";
import type { WorkerHandle } from "./worker-handle.ts";

export interface MasterOptions {
  readonly runId: string;
  readonly testName: string;
  readonly resolved: ResolvedRun;
  readonly bundle: Bundle;
  readonly environment: Record<string, string | null>;
  readonly hasSetup: boolean;
  readonly hasTeardown: boolean;
  readonly seed: number;
  readonly expectWorkers: number;
  readonly expectWorkersMaxWaitMs: number;
  readonly stopTimeoutMs: number;
  readonly bindHost: string;
  readonly bindPort: number;
  readonly token: string;
  readonly log: Logger;
}

export type MasterPhase = "waiting" | "preparing" | "setup" | "running" | "stopping" | "teardown" | "finished";

const loadTimeoutMs = 60_000;
/** From the start message to the agreed instant: every worker must have it by then. */
const startDelayMs = 100;
/** Beyond the stop timeout: to abort, to report and to acknowledge. */
const stopMarginMs = 15_000;

/** Thrown between the phases to leave a run early; never leaves this file. */
class RunEnded extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(ending.kind);
    this.ending = ending;
  }
}

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
  #stopSignal: string | null = null;
  #stopTimeoutMs: number;
  #setup: Record<string, unknown> = {};
  #setupBegan = false;

  constructor(options: MasterOptions) {
    this.#options = options;
    this.#stopTimeoutMs = options.stopTimeoutMs;
    this.roster = new Roster({
      ...options,
      isOpen: () => this.#phase === "waiting",
      onReport: (worker, report) => this.collector.add(worker.number, report, this.elapsedMs),
      onLost: (worker) => this.#noteLoss(worker),
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
    if (this.#stopSignal !== null) this.#stopTimeoutMs = 0;
    this.#stopSignal ??= signal;
    if (this.#phase === "running" || this.#phase === "stopping") {
      for (const worker of this.roster.workers) worker.stop(this.#stopTimeoutMs);
    }
    this.roster.notify();
  }

  /** Runs from the first worker to the last; never throws for what workers or the test do. */
  async run(): Promise<RunOutcome> {
    let ending: Ending;
    try {
      await this.#waitForWorkers();
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

  async #waitForWorkers(): Promise<void> {
    const { expectWorkers, expectWorkersMaxWaitMs } = this.#options;
    const enough = () => this.roster.alive.length >= expectWorkers || this.#isSignalled();
    await this.roster.until(enough, expectWorkersMaxWaitMs);
    this.#endIfSignalled();
    const came = this.roster.alive.length;
    if (came < expectWorkers) {
      const waited = `within ${expectWorkersMaxWaitMs / 1_000} s`;
      throw new RunEnded({
        kind: "too-few-workers",
        message: `${came} of ${expectWorkers} expected workers came ${waited} (--expect-workers-max-wait)`,
      });
    }
  }

  async #prepare(): Promise<void> {
    this.#phase = "preparing";
    const { roster } = this;
    const { resolved, bundle, environment, seed, stopTimeoutMs } = this.#options;
    const message = {
      bundleHash: bundle.hash,
      profile: resolved.profile,
      host: resolved.host,
      seed,
      environment,
      classes: resolved.classes.map((share) => ({ ...share })),
      points: resolved.plan.points.map((point) => ({ ...point })),
      durationMs: resolved.plan.durationMs,
      stopTimeoutMs,
    };
    for (const worker of roster.alive) worker.prepare(message, bundle);
    const loading = (worker: WorkerHandle) => worker.state === "loading";
    await roster.until(() => !roster.workers.some(loading) || this.#isSignalled(), loadTimeoutMs);
    this.#endIfSignalled();
    const failed = roster.workers.find((worker) => worker.loadError !== null);
    if (failed !== undefined) {
      const text = `the test could not be loaded on worker ${failed.number}: ${failed.loadError?.message}`;
      throw new RunEnded({ kind: "test-code-threw", message: text });
    }
    for (const worker of roster.workers.filter(loading)) worker.lose("did not load the test in time");
    this.#requireWorkers();
  }

  async #runSetup(): Promise<void> {
    if (!this.#options.hasSetup) return;
    this.#phase = "setup";
    this.#setupBegan = true;
    const done = await onOneWorker(
      this.roster,
      (worker) => worker.runSetup(),
      () => this.#isForced(),
    );
    this.collector.addLifecycle(done);
    this.#endIfSignalled();
    if (done === null) this.#requireWorkers();
    if (done?.error) {
      throw new RunEnded({ kind: "test-code-threw", message: `the test's setup threw: ${done.error.message}` });
    }
    this.#setup = done?.value ?? {};
  }

  async #runLoad(): Promise<Ending> {
    const { resolved, stopTimeoutMs } = this.#options;
    const workers = this.roster.workers.filter((worker) => worker.state === "ready");
    const shares = sharesOf(resolved, workers.length);
    this.#phase = "running";
    const startAtMs = performance.now() + startDelayMs;
    this.#startAtMs = startAtMs;
    this.#startedAt = new Date(Date.now() + startDelayMs);
    workers.forEach((worker, position) => {
      const { count, ranges } = shares[position] ?? { count: 0, ranges: [] };
      worker.virtualUserCount = count;
      worker.start({ startAtMs, virtualUsers: ranges, setup: this.#setup });
    });
    const running = (worker: WorkerHandle) => worker.state === "running";
    const over = () => !workers.some(running);
    await this.roster.until(() => over() || this.#isSignalled(), resolved.plan.durationMs + startDelayMs);
    this.#phase = "stopping";
    await this.roster.until(over, stopTimeoutMs + stopMarginMs);
    for (const worker of workers.filter(running)) worker.lose("did not stop in time");
    this.#endedAtMs = performance.now();
    this.#endIfSignalled();
    this.#requireWorkers();
    return { kind: "completed" };
  }

  /** Also after an abort; a teardown that throws makes a completed run one whose test code threw. */
  async #runTeardown(ending: Ending): Promise<Ending> {
    const began = this.#setupBegan || this.#startAtMs !== null;
    if (!this.#options.hasTeardown || !began) return ending;
    this.#phase = "teardown";
    const done = await onOneWorker(
      this.roster,
      (worker) => worker.runTeardown(this.#setup),
      () => this.#isForced(),
    );
    this.collector.addLifecycle(done);
    if (done === null) this.#warnings.push("the test's teardown did not run: no worker was left to run it");
    if (!done?.error) return ending;
    const message = `the test's teardown threw: ${done.error.message}`;
    if (ending.kind === "completed") return { kind: "test-code-threw", message };
    this.#warnings.push(message);
    return ending;
  }

  #noteLoss(worker: WorkerHandle): void {
    if (this.#startAtMs === null) return;
    this.collector.ledger.lost(worker.number, this.elapsedMs);
    const when = `${(this.elapsedMs / 1_000).toFixed(1)} s`;
    const what = `its ${worker.virtualUserCount} users stopped`;
    this.#warnings.push(`${worker.description} was lost after ${when} (${worker.lostBecause}); ${what}`);
  }

  #isSignalled(): boolean {
    return this.#stopSignal !== null;
  }

  /** The user will not wait any longer. */
  #isForced(): boolean {
    return this.#stopSignal !== null && this.#stopTimeoutMs === 0;
  }

  #endIfSignalled(): void {
    if (this.#stopSignal !== null) throw new RunEnded({ kind: "signalled", signal: this.#stopSignal });
  }

  #requireWorkers(): void {
    if (this.roster.alive.length > 0) return;
    throw new RunEnded({ kind: "too-few-workers", message: "every worker was lost" });
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
      workers: this.roster.workers.map((worker) => ({
        number: worker.number,
        id: worker.hello.id,
        host: worker.hello.host,
        pid: worker.hello.pid,
        users: worker.virtualUserCount,
        requests: worker.requests,
        lostBecause: worker.lostBecause,
        startSkewMs: worker.startSkewMs,
      })),
      warnings: this.#warnings,
    };
  }
}
