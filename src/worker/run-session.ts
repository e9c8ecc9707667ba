import { ClassSequence } from "../core/class-sequence.ts";
import type { Plan } from "../core/plan.ts";
import { fromRanges } from "../core/ranges.ts";
import type { PrepareMessage, StartMessage } from "../protocol/master-messages.ts";
import type { TestDefinition } from "../scenario/define.ts";
import { IntervalRecorder } from "../stats/interval-recorder.ts";
import { ClosedExecutor, type Runnable } from "./closed-executor.ts";
import { VirtualUserClient } from "./http/client.ts";
import type { HttpEngine } from "./http/engine.ts";
import { parseBase } from "./http/request.ts";
import type { MasterClock } from "./master-clock.ts";
import { Reporter } from "./reporter.ts";
import { compileClasses } from "./user-class.ts";
import { UserGauge } from "./user-gauge.ts";
import { type RunContext, VirtualUserLoop } from "./virtual-user-loop.ts";

export interface RunSessionOptions {
  readonly test: TestDefinition;
  readonly prepared: PrepareMessage;
  readonly start: StartMessage;
  readonly clock: MasterClock;
  readonly engine: HttpEngine;
  readonly sendFrame: (frame: Uint8Array) => void;
  /** Called once, when the first user may start: how many ms later than agreed. */
  readonly onStarted: (skewMs: number) => void;
  /** Called once, when every user has ended and the last report is sent. */
  readonly onStopped: (lastSequence: number) => void;
}

/**
 * One run on one worker, from the agreed start instant to the last report.
 *
 *   waiting -> running -> stopping -> stopped
 */
export class RunSession {
  readonly #options: RunSessionOptions;
  readonly #users = new UserGauge();
  readonly #executor: ClosedExecutor;
  readonly #reporter: Reporter;
  #state: "waiting" | "running" | "stopping" | "stopped" = "waiting";
  readonly #startTimer: NodeJS.Timeout;
  #abortTimer: NodeJS.Timeout | null = null;

  constructor(options: RunSessionOptions) {
    this.#options = options;
    const { prepared, start, clock, sendFrame } = options;
    const recorder = new IntervalRecorder();
    const nowMs = () => clock.nowMs() - start.startAtMs;
    this.#reporter = new Reporter({ recorder, users: this.#users, nowMs, send: sendFrame });
    const plan: Plan = { points: prepared.points, durationMs: prepared.durationMs };
    const createUser = this.#userFactory(recorder);
    this.#executor = new ClosedExecutor({ plan, virtualUsers: fromRanges(start.virtualUsers), createUser, nowMs });
    this.#startTimer = setTimeout(() => this.#start(), Math.max(0, start.startAtMs - clock.nowMs()));
  }

  get userCount(): number {
    return this.#users.total;
  }

  acknowledged(sequence: number): void {
    this.#reporter.acknowledged(sequence);
  }

  flushed(timeoutMs: number): Promise<boolean> {
    return this.#reporter.flushed(timeoutMs);
  }

  /** Ends the run: gently, then by force after `stopTimeoutMs`. A second call may only shorten the wait. */
  stop(stopTimeoutMs: number): void {
    if (this.#state === "stopped") return;
    if (this.#state === "waiting") {
      clearTimeout(this.#startTimer);
      this.#start();
    }
    this.#executor.stop();
    this.#abortAfter(stopTimeoutMs);
  }

  #start(): void {
    if (this.#state !== "waiting") return;
    this.#state = "running";
    const { prepared, start, clock, onStarted } = this.#options;
    onStarted(clock.nowMs() - start.startAtMs);
    this.#reporter.start();
    const untilEndMs = prepared.durationMs - (clock.nowMs() - start.startAtMs);
    const endTimer = setTimeout(() => this.stop(prepared.stopTimeoutMs), Math.min(untilEndMs, 2 ** 31 - 1));
    void this.#executor.finished.then(() => {
      clearTimeout(endTimer);
      this.#stopped();
    });
    this.#executor.start();
  }

  #abortAfter(stopTimeoutMs: number): void {
    this.#state = "stopping";
    if (this.#abortTimer !== null) clearTimeout(this.#abortTimer);
    if (stopTimeoutMs <= 0) this.#executor.abort();
    else this.#abortTimer = setTimeout(() => this.#executor.abort(), stopTimeoutMs);
  }

  #stopped(): void {
    if (this.#abortTimer !== null) clearTimeout(this.#abortTimer);
    this.#state = "stopped";
    this.#reporter.finish();
    this.#options.onStopped(this.#reporter.lastSequence);
  }

  #userFactory(recorder: IntervalRecorder): (index: number) => Runnable {
    const { test, prepared, start, engine } = this.#options;
    const classes = compileClasses(test, prepared.profile);
    const sequence = new ClassSequence(prepared.classes);
    const base = parseBase(prepared.host);
    const run: RunContext = {
      profile: prepared.profile,
      seed: prepared.seed,
      setup: start.setup,
      recorder,
      newClient: () => new VirtualUserClient(engine, recorder, base),
    };
    return (index) => {
      const userClass = classes[sequence.classOf(index)];
      if (userClass === undefined) throw new RangeError(`virtual user ${index} has no class`);
      const loop = new VirtualUserLoop(index, userClass, run);
      this.#users.started(userClass.name);
      return {
        run: () => loop.run().finally(() => this.#users.ended(userClass.name)),
        stop: () => loop.stop(),
        abort: () => loop.abort(),
        abandon: () => loop.abandon(),
      };
    };
  }
}
