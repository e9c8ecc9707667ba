import { setImmediate as nextTurn } from "node:timers/promises";
import { isInstance, isThenable } from "../../core/describe-value.ts";
import { parseDuration } from "../../core/duration.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { Random } from "../../core/random.ts";
import type { MeasuredCall, MeasureOptions } from "../../scenario/definition/measure.ts";
import type { MeasurementOptions } from "../../scenario/definition/measurement-tags.ts";
import type { UserWebSocket, WebSocketOptions } from "../../scenario/definition/protocols/websocket.ts";
import type { RendezvousOptions, StopVerdict, VirtualUser } from "../../scenario/definition/virtual-user.ts";
import { DataEmptyError } from "../../scenario/shared/data.ts";
import type { VirtualUserClient } from "../http/client.ts";
import { VirtualUserStopped } from "../http/response/failure.ts";
import { UserMeasures } from "../measure/user-measures.ts";
import type { RecordedParts } from "../recorded-parts.ts";
import type { RunContext } from "../run-context.ts";
import { UserWebSockets } from "../websocket/user-websockets.ts";
import { CodeFaults } from "./code-faults.ts";
import { UserChecks } from "./user-checks.ts";
import type { CompiledTask, UserClass, VirtualUserCode } from "./user-class.ts";
import { UserGroups } from "./user-groups.ts";
import { UserIterations } from "./user-iterations.ts";
import { hasEnded, rendezvous, stopRun } from "./user-requests.ts";
import { resourcesOfUser, UserResources } from "./user-resources.ts";
import { UserStart } from "./user-start.ts";
import { UserPause, UserSleeps } from "./user-waits.ts";

/**
 * One virtual user. An executor calls `open`, then `iterate` any number of times, with or without `pause` in between,
 * and then `close`.
 *
 *   end(): begins no further iteration and ends the pause
 *   abort(): also interrupts open requests; `close` then skips onStop
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
  readonly #groups: UserGroups;
  readonly #measures: UserMeasures;
  readonly #parts: RecordedParts;
  /** The WebSockets of the user; null before the first one. */
  #webSockets: UserWebSockets | null = null;
  readonly [resourcesOfUser]: UserResources;
  /** The pauses of the user; null if its class has none. */
  readonly #pause: UserPause | null;
  /** Whether the session or the connections of the user last for only one iteration. */
  readonly #renews: boolean;
  /** True if a wait was given up because no data row is left or the user must stop. The user then ends without a failure. */
  #waitsInVain = false;
  #stopping = false;
  /** The controller of `signal`, which ends waits for other users; null before the first use of `signal`. */
  #ending: AbortController | null = null;
  #hasStopped = false;
  #aborted = false;
  #endedBefore = 0;

  constructor(index: number, scenario: string, userClass: UserClass, run: RunContext) {
    this.index = index;
    this.#className = userClass.name;
    this.scenario = scenario;
    this.profile = run.profile;
    this.setup = run.setup;
    this.#http = run.newClient(scenario, userClass, this);
    this.#renews = userClass.client.renewsSession || userClass.client.renewsConnections;
    this.#class = userClass;
    this.#start = new UserStart(userClass.name, run);
    this.#faults = new CodeFaults(run);
    this.#parts = run.parts;
    const parts = run.parts.ofUser(scenario, this.#className, userClass.tasks);
    this.#checks = new UserChecks(run.recorder, parts);
    this.#groups = new UserGroups(this.#http, run.recorder, parts, this.#isInterrupted, this.#endsUser);
    this.#measures = new UserMeasures(this.#http, this.#isOfStop);
    this[resourcesOfUser] = new UserResources(this.#http);
    this.#random = new Random(run.seed, index);
    const choice = userClass.chooseTasks(this.#random);
    this.#iterations = new UserIterations(scenario, userClass, run, parts, choice);
    this.#pause = UserPause.of(userClass, this.#random, (error) => this.#threwIn("pause", error));
  }

  // Getters, so that assigning one of them in a JavaScript test throws instead of breaking its user.
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

  get signal(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.#stopping) this.#ending.abort();
    return this.#ending.signal;
  }

  get isAborted(): boolean {
    return this.#aborted;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  /** True if the test has stopped the user or no task is left. The user does not start again. */
  get hasStopped(): boolean {
    return this.#hasStopped;
  }

  /** True if `onStart` failed too often: the user will never start. */
  get isGivenUp(): boolean {
    return this.#start.isGivenUp;
  }

  /** Runs `onStart` until it succeeds. Returns false if the user was given up or stopped before that. Never rejects. */
  async open(): Promise<boolean> {
    const { onStart, createState } = this.#class;
    const begin = async () => {
      this.state = createState();
      await onStart?.(this);
    };
    const hasStarted = await this.#start.carryOut(
      () => this.#hook("onStart", begin),
      (delayMs) => this.#sleeps.wait(delayMs, () => this.#stopping),
      () => this.#stopping,
    );
    // If onStart lacked its data, it did not complete, and onStop has nothing to undo.
    return hasStarted && !this.#waitsInVain;
  }

  /** Marks an iteration that was due as taken. From now on, the iteration counts as interrupted if it does not complete. */
  takeOn(): void {
    this.#iterations.isOpen = true;
  }

  /** Counts the open iteration, if there is one, as interrupted; as dropped if `onStart` failed too often. */
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
      if (isThenable(result)) await result;
      this.#ended(task, false);
    } catch (error) {
      this.#threw(task, error);
    }
  }

  /**
   * Runs iterations while `take` returns true, and pauses after an iteration if `goesOn` returns true. Never rejects.
   * Without a pause, it awaits only the task: awaiting `iterate` and `pause` would take two more promises.
   */
  async iterateWhile(take: () => boolean, goesOn: () => boolean): Promise<void> {
    while (take()) {
      const task = this.#begin();
      try {
        const result = task.run(this);
        if (isThenable(result)) await result;
        this.#ended(task, false);
      } catch (error) {
        this.#threw(task, error);
      }
      const paused = goesOn() ? this.pause() : null;
      if (paused !== null) await paused;
    }
  }

  /** Starts the pause of the class. Returns null if there is nothing to wait for. */
  pause(): Promise<void> | null {
    const pauseMs = this.#pause === null ? 0 : this.#pause.lengthMs(this.#iterations.task, this.#iterations.startedMs);
    if (pauseMs > 0) return this.#sleeps.wait(pauseMs, () => this.#stopping);
    // An iteration that has not waited for any request may not have yielded to the event loop.
    return this.#http.endedCount === this.#endedBefore ? nextTurn() : null;
  }

  #begin(): CompiledTask {
    this.#endedBefore = this.#http.endedCount;
    if (this.#renews) this.#http.beginSession();
    return this.#iterations.begin();
  }

  #threw(task: CompiledTask, error: unknown): void {
    const hasFailed = !this.#endsFor(error);
    this.#ended(task, true);
    if (!this.#aborted && hasFailed) this.#faults.threw(task.name, error);
  }

  /** If the error ends the user without a failure, stops the user and returns true. */
  #endsFor(error: unknown): boolean {
    if (!this.#endsUser(error)) return false;
    this.#waitsInVain = true;
    // A user whose load has fallen, or that has moved to another worker, was not stopped by the test: it may come back.
    if (DataEmptyError.endsUser(error) || !this.#stopping) this.stop();
    return true;
  }

  /** Whether the error ends the user without a failure: no data row is left, or the user had to stop while it waited. */
  readonly #endsUser = (error: unknown): boolean => DataEmptyError.endsUser(error) || this.#isOfStop(error);

  /**
   * Whether the error only tells the code that its user must stop: a wait was given up. A request for which no permit is left
   * (`maxRequests`) throws such an error even before the load ends.
   */
  readonly #isOfStop = (error: unknown): boolean => {
    const isOfSignal = this.#ending !== null && error === this.#ending.signal.reason;
    return isInstance(error, VirtualUserStopped) || (this.#stopping && (isOfSignal || hasEnded(error)));
  };

  #threwIn(hook: string, error: unknown): void {
    this.#faults.threw(`${this.#className}.${hook}`, error);
  }

  /** Runs `onStop` unless the user was aborted, and closes its connections. Never rejects. */
  async close(hasOpened: boolean): Promise<void> {
    this.#http.isOfOnStop = true;
    if (hasOpened && !this.#aborted && this.#class.onStop !== null) await this.#hook("onStop", this.#class.onStop);
    this.#measures.abort();
    // WebSockets are closed with the closing handshake, which the server confirms.
    await this.#webSockets?.close();
    this.#http.close();
    this[resourcesOfUser].close();
  }

  end(): void {
    this.#stopping = true;
    this.#sleeps.look();
    this.#ending?.abort();
  }

  abort(): void {
    this.#aborted = true;
    this.end();
    this.#measures.abort();
    this.#webSockets?.abort();
    this.#http.abort();
    this[resourcesOfUser].abort();
  }

  /** Abandons code that does not end after an abort. */
  abandon(): void {
    this.giveUp();
    this.#start.abandon();
    this.#measures.abort();
    this.#webSockets?.terminate();
    this.#http.close();
    this[resourcesOfUser].close();
  }

  check(name: string, passed: boolean, options?: MeasurementOptions): boolean {
    const user = RunningUser.#called("check", this);
    return user.#checks.record(name, passed, options, user.#http.group);
  }

  group<Value>(name: string, code: () => Value): Promise<Awaited<Value>> {
    return RunningUser.#called("group", this).#groups.run(name, code);
  }

  measure<Value>(name: string, code: (call: MeasuredCall) => Value, options?: MeasureOptions): Promise<Awaited<Value>> {
    return RunningUser.#called("measure", this).#measures.run(name, code, options);
  }

  websocket(url: string, options?: WebSocketOptions): Promise<UserWebSocket> {
    const user = RunningUser.#called("websocket", this);
    user.#webSockets ??= new UserWebSockets(user.#http, user.#parts, (error) => user.#threwIn("onMessage", error));
    return user.#webSockets.connect(url, options);
  }

  stop(): void {
    const user = RunningUser.#called("stop", this);
    user.#hasStopped = true;
    user.end();
  }

  leave(): void {
    RunningUser.#called("leave", this).#iterations.leave();
  }

  stopRun(reason: string, verdict: StopVerdict = "failed"): void {
    const user = RunningUser.#called("stopRun", this);
    stopRun(reason, verdict, `user ${user.index} of ${user.#className}`, (error) => user.#threwIn("stopRun", error));
    user.stop();
  }

  rendezvous(name: string, options: RendezvousOptions): Promise<boolean> {
    return RunningUser.#called("rendezvous", this).#meet(name, options);
  }

  random(): number {
    return RunningUser.#called("random", this).#random.next();
  }

  sleep(duration: string): Promise<void> {
    const user = RunningUser.#called("sleep", this);
    return user.#sleeps.sleep(parseDuration(duration), () => user.#aborted, user.#http.group);
  }

  /** @throws InvalidValue for a method that was detached from its user, as by `const { check } = vu`. */
  static #called(method: string, user: RunningUser | undefined): RunningUser {
    if (typeof user === "object" && user !== null && #checks in user) return user;
    throw new InvalidValue(`${method} was called without its user: write vu.${method}(…)`);
  }

  /** Waits for other users. The wait is a pause of the current group. */
  async #meet(name: string, options: RendezvousOptions): Promise<boolean> {
    const { group } = this.#http;
    group?.sleepBegan(performance.now());
    try {
      const hasMet = await rendezvous(name, options, this.signal);
      if (!this.#aborted) return hasMet;
    } finally {
      group?.sleepEnded(performance.now());
    }
    this.#sleeps.wasCutShort = true;
    throw new VirtualUserStopped();
  }

  #ended(task: CompiledTask, hasThrown: boolean): void {
    if (!this.#iterations.isOpen) return;
    const left = this.#leaveOpen();
    if (this.#renews) this.#endSession();
    // The exception may be the reason why the other requests were not awaited.
    if (!hasThrown) this.#leftOpen(task.name, left);
    if (this.#isInterrupted(hasThrown)) this.#iterations.interrupt();
    else this.#iterations.complete(hasThrown);
    if (this.#iterations.isOver) this.stop();
  }

  #endSession(): void {
    this.#http.endSession();
    if (this.#class.client.renewsConnections) this[resourcesOfUser].endConnections();
  }

  /** Whether an abort has interrupted code that has ended now. A test may catch the exception of an abort. */
  readonly #isInterrupted = (hasThrown: boolean): boolean =>
    this.#waitsInVain || (this.#aborted && (hasThrown || this.#http.interruptedCount > 0 || this.#sleeps.wasCutShort));

  /** Called when code of the test has ended. Returns how many of its requests and measures are still open. */
  #leaveOpen(): number {
    const left = this.#http.leaveOpen() + this.#measures.leaveOpen() + (this.#webSockets?.leaveOpen() ?? 0);
    return left + this[resourcesOfUser].leaveOpen();
  }

  #leftOpen(where: string, requests: number): void {
    if (this.#aborted) return;
    this.#faults.leftOpen(where, requests, this.#sleeps.isOpen);
    if (this.#http.openGroups > 0) this.#faults.leftGroups(where);
  }

  /** Runs a hook. Returns false if it threw; the error is recorded. */
  async #hook(name: string, code: VirtualUserCode): Promise<boolean> {
    try {
      await code(this);
      this.#leftOpen(`${this.#className}.${name}`, this.#leaveOpen());
      return true;
    } catch (error) {
      this.#leaveOpen();
      if (this.#endsFor(error)) return true;
      if (!this.#aborted) this.#threwIn(name, error);
      return false;
    }
  }
}

// A test may set its own properties on a user (`vu.token = …`), but not replace a method of muster: `vu.stop = …`
// throws.
Object.freeze(RunningUser.prototype);
