import type { Logger } from "pino";
import { assignWorkers } from "../core/assignment.ts";
import { ClassSequence } from "../core/class-sequence.ts";
import { peak } from "../core/plan.ts";
import { toRanges } from "../core/ranges.ts";
import { closeCodes } from "../protocol/version.ts";
import type { LifecycleDone } from "../protocol/worker-messages.ts";
import type { Bundle } from "../scenario/bundle.ts";
import type { ResolvedRun } from "../scenario/resolve.ts";
import { Collector } from "./collector.ts";
import type { Ending, RunOutcome } from "./run-outcome.ts";
import { Signal } from "./signal.ts";
import { WorkerHandle } from "./worker-handle.ts";
import { WorkerServer } from "./worker-server.ts";

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

/** A worker that says nothing for so long is lost. */
const workerTimeoutMs = 10_000;
const loadTimeoutMs = 60_000;
const lifecycleTimeoutMs = 10 * 60_000;
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
 * finished otherwise.
 */
export class Master {
  readonly collector = new Collector();
  readonly workers: WorkerHandle[] = [];
  readonly #options: MasterOptions;
  readonly #server: WorkerServer;
  readonly #signal = new Signal();
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
    this.#server = new WorkerServer({
      host: options.bindHost,
      port: options.bindPort,
      token: options.token,
      admit: () => (this.#phase === "waiting" ? null : "run-closed"),
      onWorker: (socket, hello) => {
        const worker = new WorkerHandle(this.workers.length + 1, hello, socket, {
          onChange: (changed) => this.#changed(changed),
          onReport: (from, report) => this.collector.add(from.number, report, this.elapsedMs),
          nowMs: () => performance.now(),
        });
        this.workers.push(worker);
        worker.welcome(options.runId);
        options.log.info({ worker: worker.number, host: hello.host, pid: hello.pid }, "worker joined");
        this.#signal.notify();
      },
      onRefused: (reason, detail) => options.log.warn({ reason }, `refused a worker: ${reason}: ${detail}`),
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

  get aliveWorkers(): WorkerHandle[] {
    return this.workers.filter((worker) => worker.isAlive);
  }

  /** @returns the port for workers. @throws ConfigurationError when it cannot listen. */
  listen(): Promise<number> {
    return this.#server.listen();
  }

  /** Ends the run early: gently at the first call, at once at the second. */
  stop(signal: string): void {
    if (this.#stopSignal !== null) this.#stopTimeoutMs = 0;
    this.#stopSignal ??= signal;
    if (this.#phase === "running" || this.#phase === "stopping") this.#stopWorkers();
    this.#signal.notify();
  }

  /** Runs from the first worker to the last; never throws for what workers or the test do. */
  async run(): Promise<RunOutcome> {
    const watchdog = setInterval(() => this.#loseSilentWorkers(), 1_000);
    try {
      const ending = await this.#carryOut();
      return this.#outcome(ending);
    } finally {
      clearInterval(watchdog);
      for (const worker of this.workers) worker.quit(closeCodes.finished, "the run is over");
      this.#phase = "finished";
      this.#server.close();
    }
  }

  async #carryOut(): Promise<Ending> {
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
    return await this.#runTeardown(ending);
  }

  async #waitForWorkers(): Promise<void> {
    const { expectWorkers, expectWorkersMaxWaitMs } = this.#options;
    const enough = () => this.aliveWorkers.length >= expectWorkers || this.#stopSignal !== null;
    await this.#signal.until(enough, expectWorkersMaxWaitMs);
    this.#endIfSignalled();
    const came = this.aliveWorkers.length;
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
    const { resolved, bundle, environment, seed, stopTimeoutMs } = this.#options;
    for (const worker of this.aliveWorkers) {
      worker.prepare(
        {
          bundleHash: bundle.hash,
          profile: resolved.profile,
          host: resolved.host,
          seed,
          environment,
          classes: resolved.classes.map((share) => ({ ...share })),
          points: resolved.plan.points.map((point) => ({ ...point })),
          durationMs: resolved.plan.durationMs,
          stopTimeoutMs,
        },
        bundle,
      );
    }
    const settled = () => this.workers.every((worker) => worker.state !== "loading") || this.#stopSignal !== null;
    await this.#signal.until(settled, loadTimeoutMs);
    this.#endIfSignalled();
    const failed = this.workers.find((worker) => worker.loadError !== null);
    if (failed !== undefined) {
      const message = `the test could not be loaded on worker ${failed.number}: ${failed.loadError?.message}`;
      throw new RunEnded({ kind: "test-code-threw", message });
    }
    for (const worker of this.workers) if (worker.state === "loading") worker.lose("did not load the test in time");
    this.#requireWorkers();
  }

  async #runSetup(): Promise<void> {
    if (!this.#options.hasSetup) return;
    this.#phase = "setup";
    this.#setupBegan = true;
    const done = await this.#lifecycle((worker) => worker.runSetup());
    this.#endIfSignalled();
    if (done === null) this.#requireWorkers();
    if (done?.error) {
      throw new RunEnded({ kind: "test-code-threw", message: `the test's setup threw: ${done.error.message}` });
    }
    this.#setup = done?.value ?? {};
  }

  async #runLoad(): Promise<Ending> {
    const workers = this.workers.filter((worker) => worker.state === "ready");
    this.#phase = "running";
    const { plan, classes } = this.#options.resolved;
    const sequence = new ClassSequence(classes);
    const count = Math.min(peak(plan), sequence.limit);
    const assigned = assignWorkers((index) => sequence.classOf(index), classes.length, count, workers.length);
    this.#startAtMs = performance.now() + startDelayMs;
    this.#startedAt = new Date(Date.now() + startDelayMs);
    workers.forEach((worker, position) => {
      const own: number[] = [];
      for (let index = 0; index < count; index++) if (assigned[index] === position) own.push(index);
      worker.virtualUserCount = own.length;
      worker.start({ startAtMs: this.#startAtMs ?? 0, virtualUsers: toRanges(own), setup: this.#setup });
    });
    const over = () => !workers.some((worker) => worker.state === "running");
    const planned = plan.durationMs + startDelayMs;
    const inTime = await this.#signal.until(() => over() || this.#stopSignal !== null, planned);
    this.#phase = "stopping";
    if (!inTime || this.#stopSignal !== null) {
      const ended = await this.#signal.until(over, this.#options.stopTimeoutMs + stopMarginMs);
      if (!ended) for (const worker of workers) if (worker.state === "running") worker.lose("did not stop in time");
    }
    this.#endedAtMs = performance.now();
    if (this.#stopSignal !== null) return { kind: "signalled", signal: this.#stopSignal };
    this.#requireWorkers();
    return { kind: "completed" };
  }

  /** Also after an abort; a teardown that throws makes a completed run one whose test code threw. */
  async #runTeardown(ending: Ending): Promise<Ending> {
    const began = this.#setupBegan || this.#startAtMs !== null;
    if (!this.#options.hasTeardown || !began || this.aliveWorkers.length === 0) return ending;
    this.#phase = "teardown";
    const done = await this.#lifecycle((worker) => worker.runTeardown(this.#setup));
    if (!done?.error) return ending;
    const message = `the test's teardown threw: ${done.error.message}`;
    if (ending.kind === "completed") return { kind: "test-code-threw", message };
    this.#warnings.push(message);
    return ending;
  }

  /** On the first worker that is there, and on the next when it is lost; null when none is left or none answers. */
  async #lifecycle(begin: (worker: WorkerHandle) => void): Promise<LifecycleDone | null> {
    for (let worker = this.aliveWorkers[0]; worker !== undefined; worker = this.aliveWorkers[0]) {
      const chosen = worker;
      begin(chosen);
      const answered = () => chosen.lifecycle !== null || !chosen.isAlive;
      const forced = () => this.#stopSignal !== null && this.#stopTimeoutMs === 0;
      await this.#signal.until(() => answered() || forced(), lifecycleTimeoutMs);
      const done = chosen.lifecycle;
      if (done !== null) {
        for (const endpoint of done.endpoints) {
          this.collector.lifecycleRequests.push({ phase: done.phase, ...endpoint });
        }
        return done;
      }
      if (forced()) return null;
      chosen.lose("did not finish setup or teardown in time");
    }
    return null;
  }

  #stopWorkers(): void {
    for (const worker of this.workers) worker.stop(this.#stopTimeoutMs);
  }

  #changed(worker: WorkerHandle): void {
    if (worker.state === "lost") this.#noteLoss(worker);
    this.#signal.notify();
  }

  #noteLoss(worker: WorkerHandle): void {
    const { number, hello, virtualUserCount, lostBecause } = worker;
    const place = `worker ${number} (${hello.host}, pid ${hello.pid})`;
    this.#options.log.warn({ worker: number }, `lost ${place}: ${lostBecause}`);
    if (this.#startAtMs === null) return;
    this.collector.ledger.lost(number, this.elapsedMs);
    const when = `${(this.elapsedMs / 1_000).toFixed(1)} s`;
    this.#warnings.push(`${place} was lost after ${when} (${lostBecause}); its ${virtualUserCount} users stopped`);
  }

  #loseSilentWorkers(): void {
    const nowMs = performance.now();
    for (const worker of this.aliveWorkers) {
      if (nowMs - worker.lastHeardMs > workerTimeoutMs) worker.lose(`said nothing for ${workerTimeoutMs / 1_000} s`);
    }
  }

  #endIfSignalled(): void {
    if (this.#stopSignal !== null) throw new RunEnded({ kind: "signalled", signal: this.#stopSignal });
  }

  #requireWorkers(): void {
    if (this.aliveWorkers.length > 0) return;
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
      workers: this.workers.map((worker) => ({
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
