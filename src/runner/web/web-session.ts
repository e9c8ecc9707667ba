import type { PlanPreview, StartForm, TestFacts } from "../../api/contract/session.ts";
import type { CurrentRun, RunSession } from "../../api/run-session.ts";
import { exitCodes, MusterError } from "../../core/errors.ts";
import type { MasterOptions } from "../../master/master-options.ts";
import { Collector } from "../../master/record/collector.ts";
import type { IdleWorker, IdleWorkers } from "../../master/workers/idle-workers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { RunnerContext } from "../execution.ts";
import { HostedRun } from "../hosted-run.ts";
import { type LoadedTest, loadTest, resolveTest } from "../load-test.ts";
import { version } from "../process/version.ts";
import { resultOf } from "../result-of.ts";
import { defineRun, type RunDefinition, type RunRequest } from "../run-definition.ts";
import { optionsOf, previewOf, testFacts } from "./session-facts.ts";

/** A run can only be started when none goes on. */
class RunActiveError extends MusterError {
  readonly code = "run-active";
  readonly exitCode = exitCodes.badConfiguration;
}

export interface WebSessionOptions {
  /** What the command line says; the start form overrides parts of it. */
  readonly request: RunRequest;
  readonly context: RunnerContext;
  readonly dataFolder: string;
  readonly idleWorkers: IdleWorkers;
  /** The port on which workers join. */
  readonly port: number;
  readonly onWorkerLog: NonNullable<MasterOptions["onWorkerLog"]>;
  /** Called before each run: replaces worker processes that have ended. */
  readonly refill: () => void;
}

/** One run after the other, each as a person asks for it. */
export class WebSession implements RunSession {
  readonly version = version;
  readonly dataFolder: string;
  readonly expectWorkers: number;
  facts: TestFacts;
  /** That of the last run; 0 before there is one. */
  exitCode: number = exitCodes.passed;
  readonly #options: WebSessionOptions;
  readonly #ended = Promise.withResolvers<void>();
  #loaded: LoadedTest;
  #current: CurrentRun | null = null;
  #running: Promise<void> | null = null;
  #isStarting = false;
  #signal: string | null = null;

  private constructor(options: WebSessionOptions, loaded: LoadedTest, facts: TestFacts) {
    this.#options = options;
    this.#loaded = loaded;
    this.facts = facts;
    this.dataFolder = options.dataFolder;
    this.expectWorkers = options.request.expectWorkers;
  }

  /** @throws MusterError when the test cannot be run as the command line says. */
  static async open(options: WebSessionOptions): Promise<WebSession> {
    const { args, options: given } = options.request;
    const loaded = await loadTest(args, given);
    return new WebSession(options, loaded, await testFacts(loaded, given));
  }

  get current(): CurrentRun | null {
    return this.#current;
  }

  get waitingWorkers(): readonly IdleWorker[] {
    return this.#options.idleWorkers.workers;
  }

  /** Resolves when the session is told to end and its last run has. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async preview(form: StartForm): Promise<PlanPreview> {
    const { bundle, classNames } = this.#loaded;
    return previewOf(await resolveTest(bundle, classNames, this.#optionsOf(form)));
  }

  async start(form: StartForm): Promise<string> {
    return await this.#begin({ ...this.#options.request, options: this.#optionsOf(form), resume: null });
  }

  /** As the command line says: it may go on with a run whose master has ended. */
  async startAsAsked(): Promise<string> {
    return await this.#begin(this.#options.request);
  }

  resultOf({ master, result }: CurrentRun): Result {
    return result ?? resultOf(master.outcomeSoFar, version);
  }

  resultSince({ master }: CurrentRun, { atMs, totals }: { readonly atMs: number; readonly totals: RunTotals }): Result {
    const outcome = master.outcomeSoFar;
    const { windows, ledger } = outcome.collector;
    const durationMs = Math.max(0, outcome.durationMs - atMs);
    return resultOf({ ...outcome, durationMs, collector: new Collector({ totals, windows, ledger }) }, version);
  }

  /** Ends the session, and first the run that goes on: gently at the first call, at once at the second. */
  stop(signal: string): void {
    this.#signal = signal;
    if (this.#running !== null) this.#current?.master.stop(signal);
    else if (!this.#isStarting) this.#ended.resolve();
  }

  /** Resolves when no run goes on. */
  async idle(): Promise<void> {
    await this.#running;
  }

  #optionsOf(form: StartForm) {
    return optionsOf(form, this.facts, this.#options.request.options);
  }

  async #begin(request: RunRequest): Promise<string> {
    if (this.#running !== null || this.#isStarting) throw new RunActiveError("a run goes on: stop it first");
    this.#isStarting = true;
    try {
      // The test is read anew: it may have been edited meanwhile.
      this.#loaded = await loadTest(request.args, this.#options.request.options);
      this.facts = await testFacts(this.#loaded, this.#options.request.options);
      const definition = await defineRun(request, this.#options.context.stores);
      if (this.#signal !== null) throw new RunActiveError(`the master is about to end (${this.#signal})`);
      this.#options.refill();
      this.#running = this.#carryOut(definition).finally(() => this.#over());
      return definition.runId;
    } finally {
      this.#isStarting = false;
      if (this.#running === null && this.#signal !== null) this.#ended.resolve();
    }
  }

  async #carryOut(definition: RunDefinition): Promise<void> {
    const { runId: id, testName: test, resolved } = definition;
    const { context, idleWorkers, port, onWorkerLog } = this.#options;
    const { log, createOutputs } = context;
    try {
      using run = new HostedRun(definition, {
        listener: idleWorkers,
        port,
        acceptsMoreRuns: true,
        outputs: createOutputs(),
        log,
        onWorkerLog,
      });
      const { master } = run;
      this.#current = { id, test, resolved, master, result: null };
      const result = await run.carryOut();
      this.exitCode = result.exitCode;
      this.#current = { id, test, resolved, master, result };
      await run.publish(result);
    } catch (error) {
      // The session goes on: the next run may do better.
      log.error({ err: error }, error instanceof Error ? error.message : String(error));
      this.exitCode = error instanceof MusterError ? error.exitCode : exitCodes.defect;
      const run = this.#current;
      if (run !== null) this.#current = { ...run, result: this.resultOf(run) };
    }
  }

  #over(): void {
    this.#running = null;
    if (this.#signal !== null) this.#ended.resolve();
  }
}
