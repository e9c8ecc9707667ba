import { longestTimerMs } from "../../core/duration.ts";
import { defects } from "../http/defects.ts";
import type { RunningUser } from "../user/running-user.ts";
import type { ExecutorContext } from "./executor.ts";

/** The time that the code of a user has to return after an abort; then the user is abandoned. */
const abandonAfterMs = 1_000;

/** The virtual users of one executor, by number. The pool ends them together. */
export class UserPool {
  readonly #context: ExecutorContext;
  readonly #running = new Map<number, RunningUser>();
  readonly #finished = Promise.withResolvers<void>();
  readonly #onEnded: (index: number) => void;
  #closing = false;
  #abortAtMs = Number.POSITIVE_INFINITY;
  #abortTimer: NodeJS.Timeout | null = null;

  /** `onEnded` is called when a user has ended and the pool is not closing. */
  constructor(context: ExecutorContext, onEnded: (index: number) => void = () => {}) {
    this.#context = context;
    this.#onEnded = onEnded;
  }

  /** Resolves after `close`, when the last user has ended. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  get size(): number {
    return this.#running.size;
  }

  has(index: number): boolean {
    return this.#running.has(index);
  }

  indexes(): Iterable<number> {
    return this.#running.keys();
  }

  /** Starts a user, which ends when `drive` resolves. If `drive` rejects, which is a defect, no other user replaces it. */
  launch(index: number, classNumber: number, drive: (user: RunningUser) => Promise<void>): void {
    const user = this.#context.createUser(index, classNumber);
    this.#running.set(index, user);
    void drive(user).then(
      () => {
        if (this.#forget(index, user) && !this.#closing) this.#onEnded(index);
      },
      (error: unknown) => {
        defects.contain(error);
        this.#forget(index, user);
      },
    );
  }

  /** Removes a user that has ended. Returns false if the user was abandoned before. */
  #forget(index: number, user: RunningUser): boolean {
    if (this.#running.get(index) !== user) return false;
    this.#running.delete(index);
    this.#context.userEnded(user);
    this.#settle();
    return true;
  }

  stop(index: number): void {
    this.#running.get(index)?.end();
  }

  /** Stops all users and aborts those that still run after `stopTimeoutMs`. A later call can only shorten this time. */
  close(stopTimeoutMs: number): void {
    this.#closing = true;
    for (const user of this.#running.values()) user.end();
    const abortAtMs = performance.now() + stopTimeoutMs;
    if (abortAtMs < this.#abortAtMs) {
      this.#abortAtMs = abortAtMs;
      if (this.#abortTimer !== null) clearTimeout(this.#abortTimer);
      if (stopTimeoutMs <= 0) this.#abort();
      else this.#abortTimer = setTimeout(() => this.#abort(), Math.min(stopTimeoutMs, longestTimerMs));
    }
    this.#settle();
  }

  #abort(): void {
    for (const user of this.#running.values()) user.abort();
    this.#abortTimer = setTimeout(() => {
      for (const user of this.#running.values()) {
        user.abandon();
        this.#context.userEnded(user);
      }
      this.#running.clear();
      this.#settle();
    }, abandonAfterMs);
  }

  #settle(): void {
    if (!this.#closing || this.#running.size > 0) return;
    if (this.#abortTimer !== null) clearTimeout(this.#abortTimer);
    this.#finished.resolve();
  }
}
