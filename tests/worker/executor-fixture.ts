import type { Plan } from "../../src/core/plan.ts";
import { ClosedExecutor, type Runnable } from "../../src/worker/closed-executor.ts";

/** How the test's own code behaves: ends when stopped, only when aborted, or not at all. */
type Manner = "prompt" | "lingering" | "stuck";

/** Stands for the user's code. */
class FakeUser implements Runnable {
  readonly index: number;
  readonly startedMs: number;
  stoppedMs: number | null = null;
  aborts = 0;
  abandons = 0;
  readonly #manner: Manner;
  readonly #ended = Promise.withResolvers<void>();

  constructor(index: number, startedMs: number, manner: Manner) {
    this.index = index;
    this.startedMs = startedMs;
    this.#manner = manner;
  }

  run(): Promise<void> {
    return this.#ended.promise;
  }

  stop(): void {
    this.stoppedMs ??= performance.now();
    if (this.#manner === "prompt") this.end();
  }

  abort(): void {
    this.aborts++;
    if (this.#manner === "lingering") this.end();
  }

  abandon(): void {
    this.abandons++;
  }

  end(): void {
    this.#ended.resolve();
  }
}

/** An executor on the real clock, and the users that it made. */
export class Stage {
  readonly users: FakeUser[] = [];
  readonly executor: ClosedExecutor;
  readonly #beganMs = performance.now();

  constructor(plan: Plan, virtualUsers: readonly number[], manner: Manner = "prompt") {
    const createUser = (index: number) => {
      const user = new FakeUser(index, this.nowMs, manner);
      this.users.push(user);
      return user;
    };
    this.executor = new ClosedExecutor({ plan, virtualUsers, createUser, nowMs: () => this.nowMs });
    this.executor.start();
  }

  get nowMs(): number {
    return performance.now() - this.#beganMs;
  }

  get startedIndexes(): number[] {
    return this.users.map((user) => user.index);
  }

  stoppedAt(user: FakeUser | undefined): number {
    return (user?.stoppedMs ?? Number.NaN) - this.#beganMs;
  }
}
