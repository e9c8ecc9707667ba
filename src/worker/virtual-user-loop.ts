import { setImmediate as nextTurn } from "node:timers/promises";
import { parseDuration } from "../core/duration.ts";
import { Random } from "../core/random.ts";
import type { VirtualUser } from "../scenario/virtual-user.ts";
import type { IntervalRecorder } from "../stats/interval-recorder.ts";
import type { VirtualUserClient } from "./http/client.ts";
import { VirtualUserStopped } from "./http/failure.ts";
import type { UserClass, VirtualUserCode } from "./user-class.ts";

/** What all virtual users of a run share. */
export interface RunContext {
  readonly profile: string;
  readonly seed: number;
  readonly setup: Readonly<Record<string, unknown>>;
  readonly recorder: IntervalRecorder;
  newClient(): VirtualUserClient;
}

/** Before a user whose `onStart` threw tries again. */
const restartDelayMs = 1_000;

/**
 * One virtual user: `onStart`, then iteration and pause in turn until it is told to stop, then `onStop`.
 *
 *   start() -> running -> stop(): finishes its iteration, runs onStop -> ended
 *                      -> abort(): requests are interrupted, no onStop  -> ended
 */
export class VirtualUserLoop implements VirtualUser<object> {
  readonly index: number;
  readonly className: string;
  readonly profile: string;
  readonly setup: Readonly<Record<string, unknown>>;
  readonly state: object;
  readonly http: VirtualUserClient;
  iteration = 0;
  readonly #class: UserClass;
  readonly #recorder: IntervalRecorder;
  readonly #random: Random;
  #stopping = false;
  #aborted = false;
  #inIteration = false;
  #wake: (() => void) | null = null;

  constructor(index: number, userClass: UserClass, run: RunContext) {
    this.index = index;
    this.className = userClass.name;
    this.profile = run.profile;
    this.setup = run.setup;
    this.state = userClass.createState();
    this.http = run.newClient();
    this.#class = userClass;
    this.#recorder = run.recorder;
    this.#random = new Random(run.seed, index);
  }

  /** Runs the user; resolves when it has ended. Never rejects. */
  async run(): Promise<void> {
    if (await this.#started()) {
      await this.#iterate();
      if (!this.#aborted && this.#class.onStop !== null) await this.#hook("onStop", this.#class.onStop);
    }
    this.http.close();
  }

  /** No new iteration; a pause ends now. */
  stop(): void {
    this.#stopping = true;
    this.#wake?.();
  }

  abort(): void {
    this.#aborted = true;
    this.stop();
    this.http.abort();
  }

  /** Gives up on code that does not come back after an abort. */
  abandon(): void {
    if (this.#inIteration) this.#recorder.interruptedIterations++;
    this.#inIteration = false;
    this.http.close();
  }

  check(name: string, passed: boolean): boolean {
    this.#recorder.check(name, passed);
    return passed;
  }

  random(): number {
    return this.#random.next();
  }

  async sleep(duration: string): Promise<void> {
    await this.#wait(parseDuration(duration), () => this.#aborted);
    if (this.#aborted) throw new VirtualUserStopped();
  }

  /** Runs `onStart` until it succeeds; false when the user was stopped before that. */
  async #started(): Promise<boolean> {
    const { onStart } = this.#class;
    if (onStart === null) return true;
    while (!this.#stopping) {
      if (await this.#hook("onStart", onStart)) return true;
      await this.#wait(restartDelayMs, () => this.#stopping);
    }
    return false;
  }

  async #iterate(): Promise<void> {
    const choice = this.#class.chooseTasks(this.#random);
    const { tasks, pauseMs } = this.#class;
    while (!this.#stopping) {
      const task = tasks[choice.next()];
      if (task === undefined) throw new RangeError("the task picker named a task that is not there");
      const requestsBefore = this.http.requestCount;
      this.#inIteration = true;
      try {
        const result = task.run(this);
        if (isPromise(result)) await result;
        this.#ended(null);
      } catch (error) {
        this.#ended(error);
        if (!this.#aborted) this.#recorder.exception(task.name, describeThrown(error));
      }
      if (pauseMs !== null) await this.#wait(pauseMs(this.#random), () => this.#stopping);
      // An iteration without a request may never have left this turn of the event loop.
      else if (this.http.requestCount === requestsBefore) await nextTurn();
    }
  }

  #ended(error: unknown): void {
    if (!this.#inIteration) return;
    this.#inIteration = false;
    if (this.#aborted && error !== null) {
      this.#recorder.interruptedIterations++;
      return;
    }
    this.iteration++;
    this.#recorder.completedIterations++;
    if (error !== null) this.#recorder.failedIterations++;
  }

  /** False when the code threw; what it threw is recorded. */
  async #hook(name: string, code: VirtualUserCode): Promise<boolean> {
    try {
      await code(this);
      return true;
    } catch (error) {
      if (!this.#aborted) this.#recorder.exception(`${this.className}.${name}`, describeThrown(error));
      return false;
    }
  }

  /** Waits, or until `wake` is called and `isOver` agrees. */
  #wait(ms: number, isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      if (isOver()) {
        resolve();
        return;
      }
      const end = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wake = () => {
        if (isOver()) end();
      };
    });
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

/** One line: the message, and where in the test it was thrown. */
export function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place =
    /\n\s+at (?:async )?.*?\(?((?:file:\/\/)?\/[^\s()]+?|[^\s()/:]+\.[cm]?[jt]sx?):(\d+):\d+\)?(?:\n|$)/.exec(
      error.stack ?? "",
    );
  return place === null ? String(error) : `${error} (${place[1]}:${place[2]})`;
}
