import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { MasterMessage, WelcomeMessage } from "../protocol/master-messages.ts";
import type { LifecycleDone, StopReason } from "../protocol/worker-messages.ts";
import { useDataFeeds } from "../scenario/shared/data.ts";
import { useRunRequests } from "../scenario/shared/run-requests.ts";
import { classRulesOf } from "./http/course/course-rules.ts";
import { parseBase } from "./http/request/target.ts";
import { TimeLimitRules } from "./http/time-limits.ts";
import type { HttpEngines } from "./http-engines.ts";
import { LifecycleDuty, runLifecycle } from "./lifecycle.ts";
import { errorOf } from "./link/link-end.ts";
import type { LinkEnd, LinkEvent, MasterWord, WorkerProgress } from "./link/link-messages.ts";
import type { MasterLink } from "./link/master-link.ts";
import { Preparation, stateAfter } from "./preparation.ts";
import { WorkerDataFeeds } from "./shared/data-feeds.ts";
import { MasterRequests } from "./shared/master-requests.ts";
import { monotonicMs } from "./time/monotonic.ts";
import { RunClock } from "./time/run-clock.ts";
import { WorkerErrors } from "./worker-errors.ts";
import { WorkerRun } from "./worker-run.ts";

/** The time that a leaving worker waits for the acknowledgement of its last reports, also while it reconnects. */
const flushTimeoutMs = 10_000;

/** The time that a worker waits for the master to take back the rows that it has not used. */
const settleTimeoutMs = 5_000;

export interface WorkerOptions {
  readonly link: MasterLink;
  readonly log: Logger;
  readonly engines: HttpEngines;
}

/** What a worker does after its run: it ends, or joins the next run of the master. */
export type WorkerEnd = "over" | "again";

/** A worker in one run. It answers the master until the master sends `quit`. */
export class Worker {
  readonly #link: MasterLink;
  readonly #log: Logger;
  readonly #engines: HttpEngines;
  readonly #ended = Promise.withResolvers<WorkerEnd>();
  readonly #preparation: Preparation;
  readonly #lifecycle: LifecycleDuty;
  readonly #requests: MasterRequests;
  readonly #feeds: WorkerDataFeeds;
  readonly #errors: WorkerErrors;
  #progress: WorkerProgress = { state: "joined", stopped: null, lifecycle: null };
  #welcome: WelcomeMessage | null = null;
  #readyAtMs = 0;
  #startedAtMs: number | null = null;
  #clock: RunClock | null = null;
  #session: WorkerRun | null = null;
  #stopReason: StopReason = "finished";
  #isLeaving = false;
  #isWaiting = false;

  constructor({ link, log, engines }: WorkerOptions) {
    this.#engines = engines;
    this.#link = link;
    this.#log = log;
    this.#errors = new WorkerErrors(log);
    this.#requests = new MasterRequests((message) => link.say(message));
    useRunRequests(this.#requests);
    this.#feeds = new WorkerDataFeeds(this.#requests);
    useDataFeeds(this.#feeds);
    const close = () => this.#requests.close();
    this.#ended.promise.then(close, close);
    this.#preparation = new Preparation(
      (answer) => {
        if (answer.type === "ready") this.#readyAtMs = monotonicMs();
        const state = stateAfter[answer.type];
        if (this.#session === null && state !== this.#progress.state) this.#note({ state });
        link.say(answer);
      },
      () => this.#welcome?.worker ?? 0,
      (test, { profile }) =>
        this.#errors.runStartHook(test, {
          worker: this.#welcome?.worker ?? 0,
          runId: this.#welcome?.runId ?? "",
          profile,
        }),
    );
    this.#lifecycle = new LifecycleDuty(
      (phase, setup) => this.#runLifecycle(phase, setup),
      (lifecycle) => this.#note({ lifecycle }),
      (done) => link.say(done),
    );
    link.attach(
      (event) => this.#learn(event),
      () => this.#session?.userCount ?? 0,
    );
  }

  /**
   * Resolves when the run has ended for this worker.
   * @throws ConfigurationError if the master refuses the worker; MasterLostError if the master cannot be reached
   */
  get ended(): Promise<WorkerEnd> {
    return this.#ended.promise;
  }

  /** Records an uncaught error of the test, at the latest when the load starts. The run continues. */
  strayError(error: unknown): void {
    this.#errors.stray(error);
  }

  /** Leaves the run: users stop, and the last reports are sent. A second call can only shorten this. */
  leave(stopTimeoutMs: number): void {
    const isRepeated = this.#isLeaving;
    this.#isLeaving = true;
    if (this.#session === null) this.#ended.resolve("over");
    else if (!this.#session.isStopped) {
      if (!isRepeated) this.#link.say({ type: "leaving" });
      this.#stopReason = "told-to-go";
      this.#session.stop(stopTimeoutMs);
    } else if (isRepeated) this.#ended.resolve("over");
    // Before it has said that it has stopped, it returns rows and permits, and flushes its reports then.
    else if (this.#progress.state === "stopped") void this.#flush();
  }

  get #comesAgain(): boolean {
    return this.#welcome?.stays === true && !this.#isLeaving;
  }

  #learn(event: LinkEvent): void {
    switch (event.type) {
      case "message":
        this.#receive(event.message);
        return;
      case "data":
        void this.#preparation.takeData(event.frame);
        return;
      case "timeline":
        this.#startedAtMs = event.startedAtMs;
        this.#clock?.follow(event.startedAtMs);
        return;
      case "acknowledged":
        this.#session?.acknowledged(event.sequence);
        return;
      case "disconnected":
        this.#log.warn(`lost the connection to the master, reconnecting: ${event.reason}`);
        return;
      case "orphaned":
        this.#orphaned(event.silentMs);
        return;
      case "ended":
        this.#lost(event.end);
        return;
    }
  }

  #receive(message: MasterWord): void {
    switch (message.type) {
      case "welcome":
        this.#log.info(
          { worker: message.worker, run: message.runId },
          this.#welcome === null ? "joined the run" : "reconnected to the master",
        );
        this.#welcome = message;
        this.#requests.welcomed();
        this.#session?.reconnected();
        // The master may not know it: the message was lost with the socket, or there was none to send it over.
        if (this.#isLeaving && this.#progress.state === "running") this.#link.say({ type: "leaving" });
        return;
      case "wait":
        if (!this.#isWaiting) this.#log.info("the master has no run: waiting for the next one");
        this.#isWaiting = true;
        return;
      case "prepare":
        this.#preparation.prepare(message);
        return;
      case "bundle":
        void this.#preparation.takeBundle(message);
        return;
      case "run-setup":
        void this.#lifecycle.begin("setup", {});
        return;
      case "run-teardown":
        void this.#lifecycle.begin("teardown", message.setup);
        return;
      case "start":
        this.#start(message);
        return;
      case "update":
        this.#session?.update(message.scenarios);
        return;
      case "stop":
        this.#session?.stop(message.stopTimeoutMs);
        return;
      case "leave":
        this.leave(message.stopTimeoutMs);
        return;
      case "request-rows-taken":
        this.#session?.rowsTaken(message.batch);
        return;
      case "response":
        this.#requests.responded(message);
        return;
      case "quit":
        this.#ended.resolve(this.#comesAgain ? "again" : "over");
        return;
    }
  }

  /**
   * Updates the progress. To be called before the message about it is sent: if that message is lost, the next hello contains
   * the same information.
   */
  #note(change: Partial<WorkerProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#link.progress(this.#progress);
  }

  async #runLifecycle(phase: LifecycleDone["phase"], setup: Readonly<Record<string, unknown>>): Promise<LifecycleDone> {
    const { prepared } = this.#preparation;
    if (prepared === null) throw new Error(`the master asked for ${phase} before the test was loaded`);
    const { message, test, keepsBodies } = prepared;
    const done = await runLifecycle({
      phase,
      code: test[phase]?.bind(test),
      profile: message.profile,
      runId: this.#welcome?.runId ?? "",
      setup,
      engine: this.#engines.engine(message.engine),
      base: parseBase(message.host),
      rules: {
        limits: new TimeLimitRules(test.timeout),
        keepsBodies,
        mayReconnect: test.reconnect ?? true,
        ...classRulesOf(test, null),
        maxRedirects: test.maxRedirects ?? 0,
      },
    });
    await this.#returnRows();
    return done;
  }

  #start(start: Extract<MasterMessage, { type: "start" }>): void {
    const { prepared } = this.#preparation;
    if (prepared === null || this.#startedAtMs === null || this.#session !== null) return;
    const joinsLate = this.#startedAtMs < this.#readyAtMs;
    this.#clock = new RunClock(this.#startedAtMs);
    this.#note({ state: "running" });
    void this.#engines.warnOfShortages(start.scenarios);
    this.#session = new WorkerRun({
      test: prepared.test,
      prepared: prepared.message,
      keepsBodies: prepared.keepsBodies,
      start,
      worker: this.#welcome?.worker ?? 0,
      runId: this.#welcome?.runId ?? "",
      clock: this.#clock,
      engine: this.#engines.engine(prepared.message.engine),
      requests: this.#requests,
      tally: prepared.tally,
      warn: (text) => this.#log.warn(text),
      send: (sequence, frame) => this.#link.report(sequence, frame),
      sendRows: (message) => this.#link.say(message),
      onStarted: (skewMs) => {
        if (!joinsLate) this.#link.say({ type: "started", skewMs });
      },
      onStopped: (lastSequence) => void this.#settle(lastSequence),
    });
    this.#errors.recordIn(this.#session);
  }

  /** Returns unused permits and rows, and sends the logged requests, before the worker reports that it has stopped. */
  async #settle(lastSequence: number): Promise<void> {
    const returned = this.#session?.returnPermits() ?? null;
    if (returned !== null) await Promise.race([returned, delay(settleTimeoutMs, undefined, { ref: false })]);
    const [, unsent = 0] = await Promise.all([this.#returnRows(), this.#session?.settleRows(settleTimeoutMs)]);
    if (unsent > 0)
      this.#log.warn(`${unsent} requests may be missing in the request log: the master did not take them`);
    this.#stopped(lastSequence);
  }

  async #returnRows(): Promise<void> {
    if (this.#feeds.isIdle) return;
    await Promise.race([this.#feeds.settle(), delay(settleTimeoutMs, undefined, { ref: false })]);
  }

  #stopped(lastSequence: number): void {
    const stopped = { lastSequence, reason: this.#stopReason };
    this.#note({ state: "stopped", stopped });
    this.#link.say({ type: "stopped", ...stopped });
    if (this.#isLeaving) void this.#flush();
  }

  async #flush(): Promise<void> {
    const isFlushed = await this.#session?.flushed(flushTimeoutMs);
    if (isFlushed === false) this.#log.warn("the master did not acknowledge the last reports");
    this.#ended.resolve("over");
  }

  /**
   * Called when the master has been silent for too long. The load stops, but the worker keeps reconnecting to deliver
   * its reports.
   */
  #orphaned(silentMs: number): void {
    const { prepared } = this.#preparation;
    if (prepared === null || this.#session === null || this.#session.isStopped) return;
    this.#log.warn(`stopping the load: the master has not answered for ${Math.round(silentMs / 1_000)} s`);
    if (this.#stopReason === "finished") this.#stopReason = "orphaned";
    this.#session.stop(Math.max(0, prepared.message.stopTimeoutMs));
  }

  #lost(end: LinkEnd): void {
    const error = errorOf(end, this.#link.url);
    this.#session?.stop(0);
    if (this.#isLeaving) {
      this.#log.warn(error.message);
      this.#ended.resolve("over");
    } else if (this.#comesAgain && end.kind === "refused" && end.reason !== "bad-report") {
      this.#log.warn(error.message);
      this.#ended.resolve("again");
    } else this.#ended.reject(error);
  }
}
