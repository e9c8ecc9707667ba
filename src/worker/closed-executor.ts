import type { Plan } from "../core/plan.ts";
import { nextCrossingAt, populationAt } from "../core/population.ts";

/** A virtual user as its executor sees it. */
export interface Runnable {
  run(): Promise<void>;
  stop(): void;
  abort(): void;
  abandon(): void;
}

export interface ClosedExecutorOptions {
  readonly plan: Plan;
  /** This worker's virtual users, ascending. */
  readonly virtualUsers: readonly number[];
  readonly createUser: (index: number) => Runnable;
  /** Milliseconds since the start of the run. */
  readonly nowMs: () => number;
}

/** After an abort, how long user code may take to come back before it is left behind. */
const abandonAfterMs = 1_000;
/** The longest delay of a Node timer is 2^31 - 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Keeps this worker's share of the plan running: virtual user i exists while i < users(t). It asks the plan for the
 * next instant at which one of its own users starts or stops and sleeps until then, so no message is needed per spawn.
 */
export class ClosedExecutor {
  readonly #options: ClosedExecutorOptions;
  readonly #running = new Map<number, Runnable>();
  /** The first `#active` of the worker's users should be running. */
  #active = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  readonly #finished = Promise.withResolvers<void>();

  constructor(options: ClosedExecutorOptions) {
    this.#options = options;
  }

  /** Resolves when no virtual user runs and none will start again. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  start(): void {
    this.#reconcile();
  }

  /** No new iterations; users end by themselves. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const user of this.#running.values()) user.stop();
    this.#finishWhenIdle();
  }

  /** Interrupts what runs. Code that does not come back is left behind. */
  abort(): void {
    this.stop();
    for (const user of this.#running.values()) user.abort();
    const timer = setTimeout(() => {
      for (const user of this.#running.values()) user.abandon();
      this.#running.clear();
      this.#finishWhenIdle();
    }, abandonAfterMs);
    void this.finished.then(() => clearTimeout(timer));
  }

  #reconcile(): void {
    if (this.#stopped) return;
    const { plan, virtualUsers } = this.#options;
    const nowMs = this.#options.nowMs();
    if (nowMs >= plan.durationMs) {
      this.stop();
      return;
    }
    const population = populationAt(plan, nowMs);
    for (let next = virtualUsers[this.#active]; next !== undefined && next < population; ) {
      this.#active++;
      this.#launch(next);
      next = virtualUsers[this.#active];
    }
    for (let last = virtualUsers[this.#active - 1]; last !== undefined && last >= population; ) {
      this.#active--;
      this.#running.get(last)?.stop();
      last = virtualUsers[this.#active - 1];
    }
    this.#timer = setTimeout(() => this.#reconcile(), Math.min(this.#nextChangeMs(nowMs) - nowMs, longestTimerMs));
  }

  /** The next user to start or the last to stop: no other of ours can change before them. */
  #nextChangeMs(nowMs: number): number {
    const { plan, virtualUsers } = this.#options;
    const next = virtualUsers[this.#active];
    const last = virtualUsers[this.#active - 1];
    return Math.min(
      plan.durationMs,
      next === undefined ? Number.POSITIVE_INFINITY : nextCrossingAt(plan, nowMs, next),
      last === undefined ? Number.POSITIVE_INFINITY : nextCrossingAt(plan, nowMs, last),
    );
  }

  #launch(index: number): void {
    // Its former self may still be finishing an iteration; it is started again when that has ended.
    if (this.#running.has(index)) return;
    const user = this.#options.createUser(index);
    this.#running.set(index, user);
    void user.run().then(() => {
      if (this.#running.get(index) !== user) return;
      this.#running.delete(index);
      if (!this.#stopped && this.#isWanted(index)) this.#launch(index);
      this.#finishWhenIdle();
    });
  }

  #isWanted(index: number): boolean {
    const { plan, nowMs } = this.#options;
    return index < populationAt(plan, nowMs());
  }

  #finishWhenIdle(): void {
    if (this.#stopped && this.#running.size === 0) this.#finished.resolve();
  }
}
