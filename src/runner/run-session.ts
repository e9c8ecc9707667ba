import { ThresholdSpans } from "../analysis/threshold-spans.ts";
import { pausedMs } from "../analysis/unjudged-time.ts";
import { exitCodes, MusterError } from "../core/errors.ts";
import type { MasterOptions } from "../master/master-options.ts";
import type { IdleWorker, IdleWorkers } from "../master/workers/idle-workers.ts";
import { resultOf } from "../report/result/result-of.ts";
import type { Result } from "../report/result/result-schema.ts";
import type { RunTotals } from "../stats/run-totals.ts";
import type { RunnerContext } from "./execution.ts";
import { HostedRun } from "./hosted-run.ts";
import { type LoadedTest, loadTest, resolveTest } from "./load-test.ts";
import type { StartedRun } from "./outputs/run-output.ts";
import { withUnwritten } from "./outputs/unwritten-output.ts";
import { version } from "./process/version.ts";
import { defineRun, type RunDefinition } from "./run-definition.ts";
import type { RunOptions } from "./run-options.ts";
import type { RunRequest } from "./run-request.ts";
import { liveRunData } from "./run-result.ts";

/** A run was requested while another one is active, or while the process ends. */
class RunActiveError extends MusterError {
  readonly code = "run-active";
  readonly exitCode = exitCodes.badConfiguration;
}

/** The active run of a session, or its last run. */
export interface CurrentRun extends StartedRun {
  /** The result; null while the run is active. */
  readonly result: Result | null;
}

export interface RunSessionOptions {
  /** The run that the command line requests. A run that is started later overrides some of its options. */
  readonly request: RunRequest;
  /** The test of the request. */
  readonly test: LoadedTest;
  readonly context: Pick<RunnerContext, "stores" | "log" | "createOutputs">;
  /** The workers that wait for the next run. */
  readonly idleWorkers: IdleWorkers;
  /** The port on which workers join. */
  readonly port: number;
  readonly onWorkerLog: NonNullable<MasterOptions["onWorkerLog"]>;
  /** Called before each run with the test, which is reloaded. If it rejects, the run does not start. */
  readonly onTest: (test: LoadedTest) => Promise<void>;
  /** Replaces worker processes that have ended. Called before each run. */
  readonly refill: () => void;
}

/** Carries out one run after another, with the same workers, until it is stopped. */
export class RunSession {
  readonly version = version;
  /** The exit code of the last run; 0 before the first. */
  exitCode: number = exitCodes.passed;
  readonly #options: RunSessionOptions;
  readonly #ended = Promise.withResolvers<void>();
  #test: LoadedTest;
  #current: CurrentRun | null = null;
  #running: Promise<void> | null = null;
  #isStarting = false;
  #signal: string | null = null;

  constructor(options: RunSessionOptions) {
    this.#options = options;
    this.#test = options.test;
  }

  /** The active run, or the last one if no run is active; null before the first. */
  get current(): CurrentRun | null {
    return this.#current;
  }

  /** Whether a run can be started now. Not before the outputs of the last run have finished, which may be a while after its result. */
  get canStart(): boolean {
    return this.#running === null && !this.#isStarting && this.#signal === null;
  }

  get expectWorkers(): number {
    return this.#options.request.expectWorkers;
  }

  /** The workers that are not in a run. */
  get waitingWorkers(): readonly IdleWorker[] {
    return this.#options.idleWorkers.workers;
  }

  /** Resolves when the session was stopped and its last run has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Returns the test as a run with these options would use it; starts nothing. @throws MusterError when the options do not fit the test */
  async resolve(options: RunOptions): Promise<LoadedTest> {
    return await resolveTest(this.#test.bundle, this.#test.classNames, options);
  }

  /**
   * Starts a new run.
   * @param by who starts it, for the timeline of the run
   * @returns its id
   * @throws MusterError when the options do not fit the test; RunActiveError
   */
  async start(options: RunOptions, by: string): Promise<string> {
    return await this.#start({ ...this.#options.request, options, resume: null }, `started on the page: ${by}`);
  }

  /**
   * Starts the run that the command line requests, which may resume a run of another master.
   * @returns its id
   * @throws MusterError; RunActiveError
   */
  async startRequested(): Promise<string> {
    return await this.#start(this.#options.request);
  }

  /** Returns the result so far; for a run that has ended, its final result. */
  resultOf({ definition, master, result }: CurrentRun): Result {
    return result ?? resultOf(liveRunData(definition, master.outcomeSoFar));
  }

  /** Returns the result so far of the time from `atMs` on. @param totals the totals of that time */
  resultSince(
    { definition, master }: CurrentRun,
    { atMs, totals }: { readonly atMs: number; readonly totals: RunTotals },
  ): Result {
    const data = liveRunData(definition, master.outcomeSoFar);
    const durationMs = Math.max(0, data.durationMs - atMs);
    const rest = { spans: new ThresholdSpans([]), health: new Map(), lifecycleRequests: [] };
    const loadedMs = Math.max(0, (data.loadMs ?? 0) - (atMs - pausedMs(data.events, atMs)));
    return resultOf({ ...data, ...rest, durationMs, loadMs: loadedMs > 0 ? loadedMs : null, totals });
  }

  /** Ends the active run and then the session. The first call lets the run end gently, the second ends it at once. */
  stop(signal: string): void {
    this.#signal = signal;
    if (this.#running !== null) this.#current?.master.stop(signal);
    else if (!this.#isStarting) this.#ended.resolve();
  }

  /** Resolves when no run is active. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #start(request: RunRequest, action: string | null = null): Promise<string> {
    if (this.#running !== null || this.#isStarting) throw new RunActiveError("a run is active: stop it first");
    this.#isStarting = true;
    const { context, request: first, onTest, refill } = this.#options;
    try {
      // The file may have been edited meanwhile.
      this.#test = await loadTest(request.args, first.options);
      await onTest(this.#test);
      if (this.#signal !== null && action !== null) {
        throw new RunActiveError(`the master is about to end (${this.#signal})`);
      }
      const definition = await defineRun(request, context.stores);
      refill();
      this.#running = this.#carryOut(definition, action).finally(() => this.#over());
      return definition.runId;
    } finally {
      this.#isStarting = false;
      if (this.#running === null && this.#signal !== null) this.#ended.resolve();
    }
  }

  async #carryOut(definition: RunDefinition, action: string | null): Promise<void> {
    const { context, idleWorkers: listener, port, onWorkerLog } = this.#options;
    const { log, createOutputs } = context;
    try {
      const outputs = createOutputs();
      using run = new HostedRun(definition, { listener, port, acceptsMoreRuns: true, outputs, log, onWorkerLog });
      const { master } = run;
      if (action !== null) master.noteAction(action);
      this.#current = { definition, master, result: null };
      // It came while the test was loaded. The run is aborted like any other, so that its files are written.
      if (this.#signal !== null) master.stop(this.#signal);
      const result = await run.carryOut();
      this.exitCode = result.exitCode;
      this.#current = { definition, master, result };
      this.#current = { definition, master, result: await run.publish(result) };
    } catch (error) {
      // The session continues: the next run may succeed.
      log.error({ err: error }, error instanceof Error ? error.message : String(error));
      this.exitCode = error instanceof MusterError ? error.exitCode : exitCodes.defect;
      const run = this.#current;
      if (run?.definition !== definition) return;
      this.#current = { ...run, result: withUnwritten(this.resultOf(run), error) };
    }
  }

  #over(): void {
    this.#running = null;
    if (this.#signal !== null) this.#ended.resolve();
  }
}
