import type { LoadedTest } from "../../../runner/load-test.ts";
import { closeDataSources, openDataSources } from "../../../runner/run-data-sources.ts";
import { newRunId } from "../../../runner/run-definition.ts";
import { readEnvironment, useEnvironment } from "../../../scenario/bundle/environment.ts";
import { describeThrown, stackOf } from "../../../scenario/bundle/test-frames.ts";
import { useMetricSink } from "../../../scenario/definition/own-metrics.ts";
import { type RunHooks, runHook, type WorkerHookContext } from "../../../scenario/definition/run-hooks.ts";
import { useDataFeeds } from "../../../scenario/shared/data.ts";
import { useRunRequests } from "../../../scenario/shared/run-requests.ts";
import { VirtualUserClient } from "../../../worker/http/client.ts";
import { classRulesOf } from "../../../worker/http/course/course-rules.ts";
import type { HttpEngine } from "../../../worker/http/engine.ts";
import { parseBase } from "../../../worker/http/request/target.ts";
import { TimeLimitRules } from "../../../worker/http/time-limits.ts";
import { IterationNumbers } from "../../../worker/iteration-numbers.ts";
import { runLifecycle } from "../../../worker/lifecycle.ts";
import { RecordedParts } from "../../../worker/recorded-parts.ts";
import type { RunContext } from "../../../worker/run-context.ts";
import { WorkerDataFeeds } from "../../../worker/shared/data-feeds.ts";
import { MetricRecorder } from "../../../worker/user/metric-recorder.ts";
import { RunningUser } from "../../../worker/user/running-user.ts";
import { prepareWebSockets } from "../../../worker/websocket/handshake.ts";
import type { ChosenClass } from "./chosen-tasks.ts";
import { localMaster } from "./local-master.ts";
import type { Transcript } from "./transcript.ts";
import { TryRecorder } from "./try-recorder.ts";

export interface TrySessionOptions {
  readonly loaded: LoadedTest;
  readonly chosen: readonly ChosenClass[];
  /** How often each task runs. */
  readonly iterations: number;
  readonly seed: number;
  readonly engine: HttpEngine;
  readonly transcript: Transcript;
}

type Phase = "setup" | "teardown";

/** Runs `setup`, one user of each class with each of its tasks, and `teardown`, in this process. */
export class TrySession {
  readonly #options: TrySessionOptions;
  readonly #runId = newRunId();
  readonly #recorder: TryRecorder;
  readonly #begunMs = performance.now();
  #setup: Readonly<Record<string, unknown>> = {};
  #user: RunningUser | null = null;
  /** True after a signal: no further task begins. */
  isStopped = false;
  /** True once the test has stopped the run. */
  #isOver = false;

  constructor(options: TrySessionOptions) {
    this.#options = options;
    this.#recorder = new TryRecorder(options.transcript);
  }

  /**
   * Runs the try. Failures of the test do not reject it: they are in the transcript.
   * @throws ConfigurationError if a data file of the test cannot be read
   */
  async run(): Promise<void> {
    const { transcript, loaded, seed } = this.#options;
    await prepareWebSockets(loaded.bundle.source);
    const sources = await openDataSources(loaded.bundle.hash, loaded.bundle.folder, []);
    const master = localMaster(transcript, sources, seed, () => {
      this.#isOver = true;
    });
    useRunRequests(master);
    useDataFeeds(new WorkerDataFeeds(master));
    useMetricSink(new MetricRecorder(this.#recorder, () => performance.now() - this.#begunMs));
    await this.#startHooks();
    if (await this.#phase("setup")) {
      for (const [index, chosen] of this.#options.chosen.entries()) await this.#tryClass(chosen, index);
    }
    await this.#hook("onWorkerStop", this.#workerContext);
    await this.#phase("teardown");
    if (loaded.test.onRunEnd !== undefined) {
      transcript.begin("onRunEnd");
      transcript.warn("does not run here, because a try has no result");
    }
    useMetricSink(null);
    master.close();
    useRunRequests(null);
    useDataFeeds(null);
    closeDataSources(sources);
  }

  /** Interrupts the current user. `teardown` still runs. */
  stop(): void {
    this.isStopped = true;
    this.#user?.abort();
  }

  get #mayNotGoOn(): boolean {
    return this.isStopped || this.#isOver;
  }

  get #rules() {
    const { timeout, maxRedirects = 0, reconnect: mayReconnect = true } = this.#options.loaded.test;
    return { limits: new TimeLimitRules(timeout), keepsBodies: true, mayReconnect, maxRedirects };
  }

  get #workerContext(): WorkerHookContext {
    return { worker: 1, runId: this.#runId, profile: this.#options.loaded.resolved.profile };
  }

  async #startHooks(): Promise<void> {
    const { profile, host } = this.#options.loaded.resolved;
    await this.#hook("onRunStart", { runId: this.#runId, profile, host, isResumed: false });
    // From here on, the code would run on a worker, which has only the variables that the master has read.
    useEnvironment(readEnvironment());
    await this.#hook("onWorkerStart", this.#workerContext);
  }

  /** Runs a hook of the run or the worker. An exception in it does not end the try. */
  async #hook<Name extends "onRunStart" | "onWorkerStart" | "onWorkerStop">(
    name: Name,
    context: Parameters<NonNullable<RunHooks[Name]>>[0],
  ): Promise<void> {
    const { loaded, transcript } = this.#options;
    const code = loaded.test[name] as ((given: typeof context) => unknown) | undefined;
    if (code === undefined) return;
    transcript.begin(name);
    try {
      await runHook(name, () => code.call(loaded.test, context));
    } catch (error) {
      transcript.exception(name, describeThrown(error), stackOf(error));
    }
  }

  /** Runs `setup` or `teardown`. Returns false if it failed. */
  async #phase(phase: Phase): Promise<boolean> {
    const { loaded, engine, transcript } = this.#options;
    const code = loaded.test[phase]?.bind(loaded.test);
    if (code === undefined) return true;
    transcript.begin(phase);
    const done = await runLifecycle({
      phase,
      code,
      profile: loaded.resolved.profile,
      runId: this.#runId,
      setup: this.#setup,
      engine,
      base: parseBase(loaded.resolved.requestHost),
      rules: { ...this.#rules, ...classRulesOf(loaded.test, null) },
    });
    if (done.error !== null) transcript.exception(phase, done.error.message, "");
    else if (phase === "setup") this.#setup = done.value;
    return done.error === null;
  }

  async #tryClass({ userClass, scenario, tasks }: ChosenClass, index: number): Promise<void> {
    if (this.#mayNotGoOn) return;
    const { transcript, iterations, loaded } = this.#options;
    userClass.client.network.prepareFor(parseBase(loaded.resolved.requestHost).origin);
    const round = [...tasks];
    // The tasks run one after another, however a run would choose them.
    let position = 0;
    let task = 0;
    const next = () => {
      task = round[position++ % round.length] ?? 0;
      return task;
    };
    // Only a task of a task set can leave it.
    const leave = () => userClass.tasks[task]?.name.includes("::") === true;
    const order = { next, leave };
    const user = new RunningUser(index, scenario, { ...userClass, chooseTasks: () => order }, this.#context());
    this.#user = user;
    transcript.begin(`${userClass.name} · onStart`);
    const before = transcript.exceptionCount;
    // A failed start is retried in a run. Here the first failure is shown.
    transcript.onException = () => user.end();
    const hasOpened = await user.open();
    transcript.onException = null;
    if (hasOpened && transcript.exceptionCount === before) {
      for (let count = iterations * tasks.length; count > 0 && !this.#mayNotGoOn; count--) {
        const task = userClass.tasks[round[position % round.length] ?? 0]?.name ?? "";
        transcript.begin(`${userClass.name} · ${task}`, true);
        user.takeOn();
        await user.iterate();
      }
    }
    transcript.begin(`${userClass.name} · onStop`);
    await user.close(hasOpened);
    this.#user = null;
  }

  #context(): RunContext {
    const { loaded, engine, transcript, seed } = this.#options;
    const base = parseBase(loaded.resolved.requestHost);
    return {
      profile: loaded.resolved.profile,
      seed,
      setup: this.#setup,
      startRetryMs: 0,
      recorder: this.#recorder,
      iterationNumbers: new IterationNumbers({ first: 0, step: 1 }),
      warnOnce: (_, text) => transcript.warn(text),
      parts: new RecordedParts([], this.#recorder),
      newClient: (_, { client }, user) =>
        new VirtualUserClient(engine, this.#recorder, base, {
          ...{ ...this.#rules, ...client, user },
          onMeasured: (ended) => transcript.measure(ended),
          onSocketEvent: (event) => transcript.socketEvent(event),
        }),
    };
  }
}
