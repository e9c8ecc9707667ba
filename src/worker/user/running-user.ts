import { setImmediate as nextTurn } from "node:timers/promises";
import { parseDuration } from "../../core/duration.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { Random } from "../../core/random.ts";
import type { MeasurementOptions } from "../../scenario/definition/measurement-tags.ts";
import type { VirtualUser } from "../../scenario/definition/virtual-user.ts";
import type { VirtualUserClient } from "../http/client.ts";
import type { RunContext } from "../run-context.ts";
import { CodeFaults } from "./code-faults.ts";
import { UserChecks } from "./user-checks.ts";
import type { CompiledTask, UserClass, VirtualUserCode } from "./user-class.ts";
import { UserIterations } from "./user-iterations.ts";
import { UserStart } from "./user-start.ts";
import { UserPause, UserSleeps } from "./user-waits.ts";

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
  readonly #class: UserClass;
  readonly #start: UserStart;
  readonly #faults: CodeFaults;
  readonly #random: Random;
  readonly #iterations: UserIterations;
  readonly #sleeps = new UserSleeps();
  readonly #checks: UserChecks;
  /** Null for no pause. */
  readonly #pause: UserPause | null;
  #stopping = false;
  #aborted = false;
  #endedBefore = 0;

  constructor(index: number, scenario: string, userClass: UserClass, run: RunContext) {
    this.index = index;
    this.#className = userClass.name;
    this.scenario = scenario;
    this.profile = run.profile;
    this.setup = run.setup;
    this.#http = run.newClient(scenario, userClass);
    this.#class = userClass;
    this.#start = new UserStart(userClass.name, run);
    this.#faults = new CodeFaults(run);
    const parts = run.parts.ofUser(scenario, this.#className, userClass.tasks);
    this.#checks = new UserChecks(run.recorder, parts);
    this.#random = new Random(run.seed, index);
    const choice = userClass.chooseTasks(this.#random);
    this.#iterations = new UserIterations(scenario, userClass, run, parts, choice);
    this.#pause = UserPause.of(userClass, this.#random, (error) => this.#threwIn("pause", error));
  }

  // Getters, so that a test in JavaScript which assigns one of them is told, and does not break its user.
  get className(): string {
    return this.#className;
  }

  get http(): VirtualUserClient {
    return this.#http;
  }

  get iteration(): number {
    return this.#iterations.count;
  }

  get iterationInRun(): number {
    return this.#iterations.inRun;
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
      (delayMs) => this.#sleeps.wait(delayMs, () => this.#stopping),
      () => this.#stopping,
    );
  }

  /** It has taken an iteration that was due: left behind from now on, it counts as interrupted. */
  takeOn(): void {
    this.#iterations.isOpen = true;
  }

  /** The iteration that it has taken will not begin. */
  giveUp(): void {
    if (!this.#iterations.isOpen) return;
    if (this.isGivenUp) this.#iterations.drop();
    else this.#iterations.interrupt();
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
    const pauseMs = this.#pause === null ? 0 : this.#pause.lengthMs(this.#iterations.startedMs);
    if (pauseMs > 0) return this.#sleeps.wait(pauseMs, () => this.#stopping);
    // An iteration that has waited for no request may never have left this turn of the event loop.
    return this.#http.endedCount === this.#endedBefore ? nextTurn() : null;
  }

  #begin(): CompiledTask {
    this.#endedBefore = this.#http.endedCount;
    return this.#iterations.begin();
  }

  #threw(task: CompiledTask, error: unknown): void {
    this.#ended(task, true);
    if (!this.#aborted) this.#faults.threw(task.name, error);
  }

  #threwIn(hook: string, error: unknown): void {
    this.#faults.threw(`${this.#className}.${hook}`, error);
  }

  /** Runs `onStop` unless the user was aborted, and closes its connections. Never rejects. */
  async close(hasOpened: boolean): Promise<void> {
    const { onStop } = this.#class;
    if (hasOpened && !this.#aborted && onStop !== null) await this.#hook("onStop", onStop);
    this.#http.close();
  }

  stop(): void {
    this.#stopping = true;
    this.#sleeps.look();
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
    return RunningUser.#called("check", this).#checks.record(name, passed, options);
  }

  random(): number {
    return RunningUser.#called("random", this).#random.next();
  }

  sleep(duration: string): Promise<void> {
    const user = RunningUser.#called("sleep", this);
    return user.#sleeps.sleep(parseDuration(duration), () => user.#aborted);
  }

  /** @throws InvalidValue for a method that was taken off its user, as by `const { check } = vu`. */
  static #called(method: string, user: RunningUser | undefined): RunningUser {
    if (typeof user === "object" && user !== null && #checks in user) return user;
    throw new InvalidValue(`${method} was called without its user: write vu.${method}(…)`);
  }

  #ended(task: CompiledTask, hasThrown: boolean): void {
    if (!this.#iterations.isOpen) return;
    const left = this.#http.leaveOpen();
    // What is thrown may be why nobody awaits the others.
    if (!hasThrown) this.#leftOpen(task.name, left);
    // A test may catch what an abort throws: the iteration was cut short all the same.
    if (this.#aborted && (hasThrown || this.#http.interruptedCount > 0 || this.#sleeps.wasCutShort)) {
      this.#iterations.interrupt();
    } else this.#iterations.complete(hasThrown);
  }

  #leftOpen(where: string, requests: number): void {
    if (!this.#aborted) this.#faults.leftOpen(where, requests, this.#sleeps.isOpen);
  }

  /** False when the code threw; what it threw is recorded. */
  async #hook(name: string, code: VirtualUserCode): Promise<boolean> {
    try {
      await code(this);
      this.#leftOpen(`${this.#className}.${name}`, this.#http.leaveOpen());
      return true;
    } catch (error) {
      this.#http.leaveOpen();
      if (!this.#aborted) this.#threwIn(name, error);
      return false;
    }
  }
}

// A test may keep what it likes at its user (`vu.token = …`), but not under a name that muster calls: `vu.stop = …` throws there.
Object.freeze(RunningUser.prototype);

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
