import { keepSecretFields } from "../core/redaction/secret-fields.ts";
import type { PrepareMessage, StartMessage } from "../protocol/master-messages.ts";
import type { RequestRowsMessage } from "../protocol/request-rows.ts";
import type { ScenarioSpec } from "../protocol/scenario-spec.ts";
import { describeThrown, stackOf, stackTextOf } from "../scenario/bundle/test-frames.ts";
import type { TestDefinition } from "../scenario/definition/define.ts";
import { useMetricSink } from "../scenario/definition/own-metrics.ts";
import { runHook } from "../scenario/definition/run-hooks.ts";
import { selectTasks } from "../scenario/resolve/tags.ts";
import type { RunRequests } from "../scenario/shared/run-requests.ts";
import { IntervalRecorder } from "../stats/interval-recorder.ts";
import { createExecutor } from "./executors/create.ts";
import type { Executor, ExecutorContext } from "./executors/executor.ts";
import { HealthWatch } from "./health/health-watch.ts";
import { StallWatch } from "./health/stall-watch.ts";
import { VirtualUserClient } from "./http/client.ts";
import type { ContainedDefect } from "./http/defects.ts";
import type { HttpEngine } from "./http/engine.ts";
import { openSocketCount } from "./http/own/socket.ts";
import { limitedEngine } from "./http/permits/limited-engine.ts";
import type { PermitTally } from "./http/permits/permit-tally.ts";
import { Permits } from "./http/permits/permits.ts";
import { parseBase } from "./http/request/target.ts";
import { RequestRows } from "./http/spans/request-rows.ts";
import { WatchedEngines } from "./http/spans/request-watch.ts";
import { TraceIds } from "./http/spans/trace-ids.ts";
import { TimeLimitRules } from "./http/time-limits.ts";
import { IterationNumbers } from "./iteration-numbers.ts";
import { RecordedParts } from "./recorded-parts.ts";
import { Reporter } from "./reporter.ts";
import type { RunContext } from "./run-context.ts";
import { Standstill } from "./standstill.ts";
import type { RunClock } from "./time/run-clock.ts";
import { MetricRecorder } from "./user/metric-recorder.ts";
import { RunningUser } from "./user/running-user.ts";
import { SliceSet } from "./user/slices.ts";
import { compileClasses, type UserClass } from "./user/user-class.ts";
import { UserGauge } from "./user/user-gauge.ts";
import { startRetryMs } from "./user/user-start.ts";

export interface WorkerRunOptions {
  readonly test: TestDefinition;
  readonly prepared: PrepareMessage;
  readonly keepsBodies: boolean;
  readonly start: StartMessage;
  /** The number of this worker in the run. */
  readonly worker: number;
  readonly runId: string;
  readonly clock: RunClock;
  readonly engine: HttpEngine;
  readonly requests: Pick<RunRequests, "ask">;
  /** Counts the permits that are used; null if they are not counted. */
  readonly tally: PermitTally | null;
  /** Logs a warning about the code of the test. */
  readonly warn: (text: string) => void;
  readonly send: (sequence: number, frame: Uint8Array<ArrayBuffer>) => void;
  readonly sendRows: (message: RequestRowsMessage) => void;
  /** Called once, when the first user can start, with the delay after the start of the run in ms. */
  readonly onStarted: (skewMs: number) => void;
  /** Called once, when all users have ended and the last report has been sent. */
  readonly onStopped: (lastSequence: number) => void;
}

/**
 * One run on one worker: from the start instant that the master set, or now if it has passed, to the last report.
 *
 *   waiting -> running -> stopping -> stopped
 */
export class WorkerRun {
  readonly #options: WorkerRunOptions;
  readonly #users = new UserGauge();
  readonly #executors = new Map<number, Executor>();
  readonly #recorder: IntervalRecorder;
  readonly #run: RunContext;
  readonly #classes: readonly UserClass[];
  readonly #health: HealthWatch;
  readonly #stalls: StallWatch;
  readonly #reporter: Reporter;
  #state: "waiting" | "running" | "stopping" | "stopped" = "waiting";
  #running = 0;
  /** True once all users have ended, also while `onWorkerStop` runs. */
  #isEnding = false;
  readonly #startTimer: NodeJS.Timeout;
  readonly #standstill: Standstill;
  readonly #warned = new Set<string>();
  /** The log of the requests that the master wants one by one; null if it wants none. */
  readonly #rows: RequestRows | null;
  /** The permits for requests; null for a run without limits on requests. */
  readonly #permits: Permits | null;

  constructor(options: WorkerRunOptions) {
    this.#options = options;
    const { test, prepared, keepsBodies, start, clock } = options;
    const permits = prepared.needsPermits ? new Permits(options.requests, this.#nowMs, options.tally) : null;
    this.#permits = permits;
    const recorder = new IntervalRecorder(false, prepared.named);
    const { wantedRequests } = prepared;
    this.#rows = wantedRequests === null ? null : new RequestRows(wantedRequests, options.sendRows, this.#nowMs);
    const engine = permits === null ? options.engine : limitedEngine(options.engine, permits);
    const watched = this.#watched(engine, recorder);
    const engineOf = (scenario: string, className: string) => watched?.of(scenario, className) ?? engine;
    const base = parseBase(prepared.host);
    const slices = new SliceSet(prepared.slices, recorder);
    const limits = new TimeLimitRules(test.timeout);
    this.#stalls = new StallWatch(prepared.stallLimitMs, performance.now());
    const { maxRedirects = 0, reconnect = true } = test;
    // A request that is sent again would be one more than was permitted.
    const mayReconnect = reconnect && permits === null;
    const sinceStartMs = this.#nowMs;
    const rules = { limits, keepsBodies, maxRedirects, mayReconnect, stalls: this.#stalls, sinceStartMs };
    this.#recorder = recorder;
    this.#classes = compileClasses(selectTasks(test, prepared).test, prepared.profile);
    for (const { client } of this.#classes) client.network.prepareFor(base.origin);
    keepSecretFields(start.setup);
    const parts = new RecordedParts(prepared.metrics, recorder);
    this.#run = {
      profile: prepared.profile,
      seed: prepared.seed,
      setup: start.setup,
      startRetryMs,
      recorder,
      iterationNumbers: new IterationNumbers(start.iterationNumbers),
      warnOnce: this.#warnOnce,
      parts,
      newClient: (scenario, { name, client }, user) =>
        new VirtualUserClient(engineOf(scenario, name), recorder, base, {
          ...rules,
          ...client,
          slices: slices.of(scenario, name),
          streamParts: parts.streamsOf(scenario, name),
          user,
        }),
    };
    this.#health = new HealthWatch(openSocketCount, this.#stalls);
    this.#reporter = new Reporter({
      recorder,
      users: this.#users,
      takeHealth: () => this.#health.take(recorder),
      loadSoFar: () => [...this.#executors].map(([scenario, { progress }]) => ({ scenario, ...progress })),
      nowMs: this.#nowMs,
      send: options.send,
    });
    this.#standstill = new Standstill(prepared.workerTimeoutMs, {
      hold: () => this.#each((executor) => executor.hold()),
      release: () => this.#each((executor) => executor.release()),
    });
    this.#startTimer = setTimeout(() => this.#start(), Math.max(0, -clock.nowMs()));
  }

  /** Returns the engines that trace or log requests; null if `engine` itself sends them because neither is wanted. */
  #watched(engine: HttpEngine, recorder: IntervalRecorder): WatchedEngines | null {
    const { prepared, runId, worker } = this.#options;
    const { traceSample, seed } = prepared;
    if (traceSample === 0 && this.#rows === null) return null;
    const ids = new TraceIds(runId, seed, worker);
    return new WatchedEngines(engine, { ids, traceSample, recorder, rows: this.#rows, sinceStartMs: this.#nowMs });
  }

  /** Called when the master has taken a batch of the logged requests. */
  rowsTaken(batch: number): void {
    this.#rows?.taken(batch);
  }

  reconnected(): void {
    this.#rows?.reconnected();
  }

  /** Sends the waiting logged requests to the master. Resolves to the number that may not have arrived in time. */
  async settleRows(timeoutMs: number): Promise<number> {
    return (await this.#rows?.settle(timeoutMs)) ?? 0;
  }

  get userCount(): number {
    return this.#users.total;
  }

  get isStopped(): boolean {
    return this.#state === "stopped";
  }

  acknowledged(sequence: number): void {
    this.#reporter.acknowledged(sequence);
  }

  /** Returns the unused permits to the master when all users have ended. Null if the run does not limit requests. */
  returnPermits(): Promise<void> | null {
    return this.#permits?.end() ?? null;
  }

  flushed(timeoutMs: number): Promise<boolean> {
    return this.#reporter.flushed(timeoutMs);
  }

  /** Records an uncaught error of the test. */
  strayError(error: unknown): void {
    this.#recorder.exception("(not awaited)", describeThrown(error), () => stackOf(error));
  }

  /** Records an error of a hook of the test. */
  codeError(where: string, error: unknown): void {
    this.#recorder.exception(where, describeThrown(error), () => stackOf(error));
  }

  /** Records a defect of muster that failed one request or ended one user. */
  defect({ message, cause }: ContainedDefect): void {
    this.#recorder.exception("(muster)", message, () => stackTextOf(cause));
  }

  /**
   * Starts new scenarios and changes the specification of running ones. Does nothing once all users have ended: the master
   * gives their work to other workers when this one has stopped.
   */
  update(specs: readonly ScenarioSpec[]): void {
    if (this.#state === "waiting") this.#start();
    if (this.#state !== "running" || this.#isEnding) return;
    this.#standstill.told();
    for (const spec of specs) {
      const known = this.#executors.get(spec.id);
      if (known !== undefined) known.update(spec);
      else this.#add(spec);
    }
  }

  /**
   * Ends the run: iterations can finish, and are aborted after `stopTimeoutMs`. A second call can only shorten this time.
   */
  stop(stopTimeoutMs: number): void {
    clearTimeout(this.#startTimer);
    if (this.#state === "waiting") this.#stopped();
    else if (this.#state === "running") this.#state = "stopping";
    for (const executor of this.#executors.values()) executor.stop(stopTimeoutMs);
  }

  readonly #warnOnce = (key: string, text: string): void => {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#options.warn(text);
  };

  /** Milliseconds since the start of the run, on the master's clock. */
  readonly #nowMs = (): number => this.#options.clock.nowMs();

  #start(): void {
    if (this.#state !== "waiting") return;
    this.#state = "running";
    useMetricSink(new MetricRecorder(this.#recorder, this.#nowMs, this.#run.parts));
    this.#options.onStarted(this.#nowMs());
    this.#stalls.start();
    this.#reporter.start();
    for (const spec of this.#options.start.scenarios) this.#add(spec);
    if (this.#running === 0) this.#stopped();
  }

  #each(act: (executor: Executor) => void): void {
    for (const executor of this.#executors.values()) act(executor);
  }

  #add(spec: ScenarioSpec): void {
    // Not only at the start: a worker can get its share of an open load later.
    if (spec.kind === "open") this.#recorder.expectOpenLoad();
    const context: ExecutorContext = {
      nowMs: this.#nowMs,
      createUser: (index, classNumber) => this.#createUser(spec, index, classNumber),
      userEnded: (user) => this.#users.ended(user.className),
      recorder: this.#recorder,
      stopTimeoutMs: this.#options.prepared.stopTimeoutMs,
      seed: this.#options.prepared.seed,
      worker: this.#options.worker,
    };
    const executor = createExecutor(spec, context);
    this.#executors.set(spec.id, executor);
    this.#running++;
    void executor.finished.then(() => {
      this.#running--;
      if (this.#running === 0) this.#stopped();
    });
    executor.start();
  }

  #createUser(spec: ScenarioSpec, index: number, classNumber: number): RunningUser {
    const userClass = this.#classes[classNumber];
    if (userClass === undefined) throw new RangeError(`virtual user ${index} has no class`);
    this.#users.started(userClass.name);
    return new RunningUser(spec.indexOffset + index * spec.indexStep, spec.name, userClass, this.#run);
  }

  /** Called when all users have ended. */
  #stopped(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { test } = this.#options;
    if (test.onWorkerStop === undefined || this.#state === "waiting") this.#finish();
    else void this.#runStopHook(test).then(() => this.#finish());
  }

  /** Runs `onWorkerStop`. An error is recorded in the last report. Never rejects. */
  async #runStopHook(test: TestDefinition): Promise<void> {
    const { worker, runId, prepared, warn } = this.#options;
    const context = { worker, runId, profile: prepared.profile };
    try {
      await runHook("onWorkerStop", () => test.onWorkerStop?.(context));
    } catch (error) {
      this.codeError("onWorkerStop", error);
      warn(`the test's onWorkerStop failed: ${describeThrown(error)}`);
    }
  }

  #finish(): void {
    this.#state = "stopped";
    this.#standstill.close();
    useMetricSink(null);
    this.#reporter.finish();
    this.#health.close();
    this.#stalls.close();
    this.#options.onStopped(this.#reporter.lastSequence);
  }
}
