import { setImmediate as nextTurn } from "node:timers/promises";
import { parseDuration } from "../core/duration.ts";
import { InvalidValue } from "../core/invalid-value.ts";
import { Random } from "../core/random.ts";
import type { TaskChoice } from "../core/task-choice.ts";
import type { MeasurementOptions } from "../scenario/measurement-tags.ts";
import { describeThrown, stackOf } from "../scenario/test-frames.ts";
import type { VirtualUser } from "../scenario/virtual-user.ts";
import type { IntervalRecorder } from "../stats/interval-recorder.ts";
import type { TaskCounter } from "../stats/task-counters.ts";
import { awaitAdvice, describeCode } from "../stats/unawaited-words.ts";
import { checkHeld, checkTags, requireCheckName } from "./check-arguments.ts";
import type { VirtualUserClient } from "./http/client.ts";
import { VirtualUserStopped } from "./http/failure.ts";
import type { IterationNumbers } from "./iteration-numbers.ts";
import type { Pauser } from "./pause.ts";
import type { UserParts } from "./recorded-parts.ts";
import type { RunContext } from "./run-context.ts";
import { Sleep } from "./sleep.ts";
import { UserStart } from "./user/user-start.ts";
import type { CompiledTask, UserClass, VirtualUserCode } from "./user-class.ts";

/** In place of a pause that could not be worked out. */
const defaultPauseMs = 1_000;

/**
 * One virtual user. An executor drives it: `open`, then any number of `iterate` with or without `pause` between them,
 * then `close`.
 *
 *   stop(): no further iteration, pauses end now
 *   abort(): also interrupts the requests under way; `close` then skips onStop
 */
export class RunningUser implements VirtualUser<object> {
  readonly index: number;
  readonly scenario: string;
  readonly profile: string;
  readonly setup: Readonly<Record<string, unknown>>;
  state: object = {};
  readonly #className: string;
  readonly #http: VirtualUserClient;
  #iteration = 0;
  #iterationInRun = -1;
  readonly #class: UserClass;
  readonly #run: RunContext;
  readonly #start: UserStart;
  readonly #recorder: IntervalRecorder;
  readonly #executions: TaskCounter;
  readonly #random: Random;
  readonly #choice: TaskChoice;
  /** Null for most tests: no threshold is about a part of the checks, or about the iterations' durations. */
  readonly #parts: UserParts | null;
  readonly #numbers: IterationNumbers;
  /** Of the task that runs, or ran last. */
  #position = 0;
  readonly #pauser: Pauser | null;
  #stopping = false;
  #aborted = false;
  #inIteration = false;
  #sleptShort = false;
  #startedMs = 0;
  #endedBefore = 0;
  readonly #sleeps = new Set<Sleep>();

  constructor(index: number, scenario: string, userClass: UserClass, run: RunContext) {
    this.index = index;
    this.#className = userClass.name;
    this.scenario = scenario;
    this.profile = run.profile;
    this.setup = run.setup;
    this.#http = run.newClient(scenario, userClass);
    this.#class = userClass;
    this.#run = run;
    this.#start = new UserStart(userClass.name, run);
    this.#recorder = run.recorder;
    this.#executions = run.recorder.tasks.of(scenario, this.#className, userClass.tasks);
    this.#parts = run.parts.ofUser(scenario, this.#className, userClass.tasks);
    this.#numbers = run.iterationNumbers;
    this.#random = new Random(run.seed, index);
    this.#choice = userClass.chooseTasks(this.#random);
    this.#pauser = userClass.createPauser?.(this.#random) ?? null;
  }

  // Getters, so that a test in JavaScript which assigns one of them is told, and does not break its user.
  get className(): string {
    return this.#className;
  }

  get http(): VirtualUserClient {
    return this.#http;
  }

  get iteration(): number {
    return this.#iteration;
  }

  get iterationInRun(): number {
    return this.#iterationInRun;
  }

  get isAborted(): boolean {
    return this.#aborted;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Its `onStart` threw too often: it will never start. */
  get isGivenUp(): boolean {
    return this.#start.isGivenUp;
  }

  /** Runs `onStart` until it succeeds; false when the user was given up or stopped before that. Never rejects. */
  async open(): Promise<boolean> {
    const { onStart, createState } = this.#class;
    const begin = async () => {
      this.state = createState();
      await onStart?.(this);
    };
    return await this.#start.carryOut(
      () => this.#hook("onStart", begin),
      (delayMs) => this.#wait(delayMs, () => this.#stopping),
      () => this.#stopping,
    );
  }

  /** It has taken an iteration that was due: left behind from now on, it counts as interrupted. */
  takeOn(): void {
    this.#inIteration = true;
  }

  /** The iteration that it has taken will not begin. */
  giveUp(): void {
    if (!this.#inIteration) return;
    this.#inIteration = false;
    // It was due, and waited in vain.
    if (this.isGivenUp) this.#recorder.droppedIterations++;
    else this.#recorder.interruptedIterations++;
  }

  /** Runs one iteration and counts it. Never rejects. */
  async iterate(): Promise<void> {
    const task = this.#begin();
    try {
      const result = task.run(this);
      if (isPromise(result)) await result;
      this.#ended(task, false);
    } catch (error) {
      this.#threw(task, error);
    }
  }

  /**
   * Runs an iteration each time that `take` says so, with a pause before the next that `goesOn` expects. Never rejects.
   * It awaits the task and nothing else where there is no pause: to await `iterate` and `pause` takes two more promises.
   */
  async iterateWhile(take: () => boolean, goesOn: () => boolean): Promise<void> {
    while (take()) {
      const task = this.#begin();
      try {
        const result = task.run(this);
        if (isPromise(result)) await result;
        this.#ended(task, false);
      } catch (error) {
        this.#threw(task, error);
      }
      const paused = goesOn() ? this.pause() : null;
      if (paused !== null) await paused;
    }
  }

  /** Waits as the class's pause says; null when there is nothing to wait for. */
  pause(): Promise<void> | null {
    const pauseMs = this.#pauseMs();
    if (pauseMs > 0) return this.#wait(pauseMs, () => this.#stopping);
    // An iteration that has waited for no request may never have left this turn of the event loop.
    return this.#http.endedCount === this.#endedBefore ? nextTurn() : null;
  }

  #begin(): CompiledTask {
    const position = this.#choice.next();
    const task = this.#class.tasks[position];
    if (task === undefined) throw new RangeError("the task picker named a task that is not there");
    this.#endedBefore = this.#http.endedCount;
    this.#position = position;
    this.#iterationInRun = this.#numbers.take();
    if (this.#pauser !== null || this.#parts !== null) this.#startedMs = performance.now();
    this.#inIteration = true;
    this.#executions.count(position);
    return task;
  }

  #threw(task: CompiledTask, error: unknown): void {
    this.#ended(task, true);
    if (!this.#aborted) this.#recorder.exception(task.name, describeThrown(error), () => stackOf(error));
  }

  /** A pause of the test's own that throws is recorded, and lasts 1 s. */
  #pauseMs(): number {
    if (this.#pauser === null) return 0;
    try {
      return this.#pauser(this.#startedMs, performance.now());
    } catch (error) {
      this.#recorder.exception(`${this.#className}.pause`, describeThrown(error), () => stackOf(error));
      return defaultPauseMs;
    }
  }

  /** Runs `onStop` unless the user was aborted, and closes its connections. Never rejects. */
  async close(hasOpened: boolean): Promise<void> {
    const { onStop } = this.#class;
    if (hasOpened && !this.#aborted && onStop !== null) await this.#hook("onStop", onStop);
    this.#http.close();
  }

  stop(): void {
    this.#stopping = true;
    for (const sleep of this.#sleeps) sleep.look();
  }

  abort(): void {
    this.#aborted = true;
    this.stop();
    this.#http.abort();
  }

  /** Gives up on code that does not come back after an abort. */
  abandon(): void {
    this.giveUp();
    this.#start.abandon();
    this.#http.close();
  }

  check(name: string, passed: boolean, options?: MeasurementOptions): boolean {
    const user = RunningUser.#called("check", this);
    requireCheckName(name);
    const held = checkHeld(name, passed);
    const tags = checkTags(name, options);
    user.#recorder.check(name, held);
    user.#parts?.check(name, held, tags);
    return held;
  }

  random(): number {
    return RunningUser.#called("random", this).#random.next();
  }

  sleep(duration: string): Promise<void> {
    const user = RunningUser.#called("sleep", this);
    const slept = user
      .#wait(parseDuration(duration), () => user.#aborted)
      .then(() => {
        if (!user.#aborted) return;
        user.#sleptShort = true;
        throw new VirtualUserStopped();
      });
    // A test that does not wait for it must not end the process.
    slept.catch(() => {});
    return slept;
  }

  /** @throws InvalidValue for a method that was taken off its user, as by `const { check } = vu`. */
  static #called(method: string, user: RunningUser | undefined): RunningUser {
    if (typeof user === "object" && user !== null && #recorder in user) return user;
    throw new InvalidValue(`${method} was called without its user: write vu.${method}(…)`);
  }

  #ended(task: CompiledTask, hasThrown: boolean): void {
    if (!this.#inIteration) return;
    const left = this.#http.leaveOpen();
    // What is thrown may be why nobody awaits the others.
    if (left > 0 && !hasThrown) this.#leftOpen(task.name, left);
    this.#inIteration = false;
    // A test may catch what an abort throws: the iteration was cut short all the same.
    if (this.#aborted && (hasThrown || this.#http.interruptedCount > 0 || this.#sleptShort)) {
      this.#recorder.interruptedIterations++;
      return;
    }
    this.#iteration++;
    this.#recorder.completedIterations++;
    if (hasThrown) this.#recorder.failedIterations++;
    this.#parts?.iterated(this.#position, performance.now() - this.#startedMs);
  }

  /** Code has ended before so many of its requests. */
  #leftOpen(name: string, requests: number): void {
    if (this.#aborted || !this.#recorder.requestsNotAwaited(name, requests)) return;
    this.#run.warnOnce(`not awaited: ${name}`, `${describeCode(name)} ended before its requests: ${awaitAdvice}`);
  }

  /** False when the code threw; what it threw is recorded. */
  async #hook(name: string, code: VirtualUserCode): Promise<boolean> {
    try {
      await code(this);
      const left = this.#http.leaveOpen();
      if (left > 0) this.#leftOpen(`${this.#className}.${name}`, left);
      return true;
    } catch (error) {
      this.#http.leaveOpen();
      if (!this.#aborted)
        this.#recorder.exception(`${this.#className}.${name}`, describeThrown(error), () => stackOf(error));
      return false;
    }
  }

  #wait(durationMs: number, isOver: () => boolean): Promise<void> {
    return Sleep.begin(durationMs, isOver, this.#sleeps);
  }
}

// A test may keep what it likes at its user (`vu.token = …`), but not under a name that muster calls: `vu.stop = …` throws there.
Object.freeze(RunningUser.prototype);

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
