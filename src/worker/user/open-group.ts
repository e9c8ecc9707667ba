import { AsyncLocalStorage } from "node:async_hooks";
import { groupSeparator } from "../../core/group-path.ts";

/**
 * A group whose code is running. Times are those of `performance.now()`. A group pauses while its code sleeps in `vu.sleep`
 * and none of its requests is open. The requests and sleeps of a group also count in the groups around it.
 */
export class OpenGroup {
  /** The names of the groups around this one and its own name, such as "checkout::pay". */
  readonly path: string;
  readonly startedMs: number;
  /** The failure of the first failed request of the group, as a position in `failureKinds`; -1 if none has failed. */
  failure = -1;
  readonly #parent: OpenGroup | null;
  #openRequests = 0;
  #openSleeps = 0;
  #pausedMs = 0;
  #pausingSinceMs = 0;

  constructor(name: string, parent: OpenGroup | null, startedMs: number) {
    this.path = parent === null ? name : `${parent.path}${groupSeparator}${name}`;
    this.#parent = parent;
    this.startedMs = startedMs;
  }

  requestBegan(nowMs: number): void {
    this.#change(nowMs, 1, 0);
  }

  requestEnded(nowMs: number): void {
    this.#change(nowMs, -1, 0);
  }

  /** @param failure a position in `failureKinds` */
  requestFailed(failure: number): void {
    if (this.failure < 0) this.failure = failure;
    this.#parent?.requestFailed(failure);
  }

  sleepBegan(nowMs: number): void {
    this.#change(nowMs, 0, 1);
  }

  sleepEnded(nowMs: number): void {
    this.#change(nowMs, 0, -1);
  }

  /** The time that the group has paused until now. */
  pausedMs(nowMs: number): number {
    return this.#pausedMs + (this.#isPausing ? nowMs - this.#pausingSinceMs : 0);
  }

  get #isPausing(): boolean {
    return this.#openSleeps > 0 && this.#openRequests === 0;
  }

  #change(nowMs: number, requests: number, sleeps: number): void {
    const pausedMs = this.pausedMs(nowMs);
    this.#openRequests += requests;
    this.#openSleeps += sleeps;
    this.#pausedMs = pausedMs;
    this.#pausingSinceMs = nowMs;
    if (this.#parent !== null) this.#parent.#change(nowMs, requests, sleeps);
  }
}

/**
 * The group of the code that runs now. It follows the code through every `await`, so groups that run at the same time do
 * not take each other's requests.
 */
export const groupOfCode = new AsyncLocalStorage<OpenGroup>();
