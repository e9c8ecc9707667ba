import { longestTimerMs } from "../../core/duration.ts";
import { ClassSequence } from "../../core/population/class-sequence.ts";
import { fromRanges, unpackRanges } from "../../core/ranges.ts";
import type { IterationsSpec, ScenarioSpec } from "../../protocol/scenario-spec.ts";
import type { RunningUser } from "../user/running-user.ts";
import { type Executor, type ExecutorContext, kindChanged } from "./executor.ts";
import { UserPool } from "./user-pool.ts";

/**
 * Runs a fixed number of iterations: this worker's share of the total, or a number per user. When some of its users move to a
 * worker that joined, it gives up their part of the iterations that have not started, and reports how many remain.
 */
export class IterationsExecutor implements Executor {
  readonly #context: ExecutorContext;
  readonly #pool: UserPool;
  #spec: IterationsSpec;
  #users: readonly number[];
  /** The number of iterations that this worker has to run in total. It never grows. */
  #asked: number;
  /** The number of iterations that each user has not started; Infinity if the users share a total. */
  readonly #ownLeft = new Map<number, number>();
  /** The number of iterations of all users that have not started. */
  #left: number;
  #begun = 0;
  #dropped = 0;
  #usersHaveBegun = false;
  #isStopped = false;
  #hasTestStopped = false;
  /** A promise that is pending while no iteration can start; null otherwise. It resolves at the end of the pause. */
  #hold: PromiseWithResolvers<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(spec: IterationsSpec, context: ExecutorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#pool = new UserPool(context, () => this.#closeWhenDone());
    this.#users = usersOf(spec);
    this.#asked = spec.total ?? this.#users.length * (spec.perUser ?? 0);
    this.#left = this.#asked;
    for (const index of this.#users) this.#ownLeft.set(index, spec.perUser ?? Number.POSITIVE_INFINITY);
  }

  get finished(): Promise<void> {
    return this.#pool.finished;
  }

  get progress() {
    return { made: this.#begun, late: 0, dropped: this.#dropped, asked: this.#asked };
  }

  start(): void {
    this.#follow();
  }

  /** Applies a pause, its end, or a smaller share. Iterations that have started continue. */
  update(spec: ScenarioSpec): void {
    if (spec.kind !== "iterations") throw kindChanged(spec);
    if (this.#isStopped) return;
    const kept = usersOf(spec);
    this.#giveUp(this.#users.filter((index) => !kept.includes(index)));
    this.#spec = spec;
    this.#users = kept;
    this.#asked = Math.min(this.#asked, spec.total ?? Number.POSITIVE_INFINITY);
    this.#left = Math.max(0, this.#asked - this.#begun);
    this.#follow();
    if (this.#usersHaveBegun) this.#closeWhenDone();
  }

  hold(): void {
    this.#hold ??= Promise.withResolvers();
  }

  release(): void {
    if (!this.#spec.isHeld) this.#release();
  }

  stop(stopTimeoutMs: number): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pool.close(stopTimeoutMs);
    this.#release();
  }

  /** Ends users that leave. They finish their iteration, and their iterations that have not started leave with them. */
  #giveUp(users: readonly number[]): void {
    if (users.length === 0) return;
    const own = users.reduce((sum, index) => sum + (this.#ownLeft.get(index) ?? 0), 0);
    const shared = Math.floor((this.#left * users.length) / this.#users.length);
    this.#asked -= this.#spec.perUser === null ? shared : Math.min(this.#left, own);
    for (const index of users) {
      this.#ownLeft.set(index, 0);
      this.#pool.stop(index);
    }
  }

  /** Applies a new specification. */
  #follow(): void {
    const { isHeld, startMs, endMs } = this.#spec;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (isHeld) {
      this.#hold ??= Promise.withResolvers();
      return;
    }
    this.#release();
    if (this.#usersHaveBegun) this.#at(endMs ?? Number.POSITIVE_INFINITY, () => this.#timeUp());
    else this.#at(startMs, () => this.#begin());
  }

  #release(): void {
    this.#hold?.resolve();
    this.#hold = null;
  }

  #begin(): void {
    this.#usersHaveBegun = true;
    this.#follow();
    const sequence = new ClassSequence(this.#spec.classes);
    // A user without an iteration left is not started.
    for (const index of this.#users.slice(0, this.#left)) {
      this.#pool.launch(index, sequence.classOf(index), (user) => this.#live(user, index));
    }
    this.#closeWhenDone();
  }

  /** Calls `act` at a time of the run. Waits again if the timer fired early or the run's clock was corrected meanwhile. */
  #at(atMs: number, act: () => void): void {
    const delayMs = Math.min(longestTimerMs, Math.max(0, atMs - this.#context.nowMs()));
    this.#timer = setTimeout(() => (this.#context.nowMs() < atMs ? this.#at(atMs, act) : act()), delayMs);
  }

  async #live(user: RunningUser, index: number): Promise<void> {
    const opened = await user.open();
    const own = () => this.#ownLeft.get(index) ?? 0;
    let counted = user.iteration;
    let taken = 0;
    // Counted in the turn in which the iteration ends, so that all counts of an iteration are in the same report.
    const goesOn = () => {
      this.#context.recorder.countIterations(this.#spec.id, user.iteration - counted);
      counted = user.iteration;
      return own() > 0 && this.#left > 0 && !user.isStopping;
    };
    const take = () => {
      if (this.#hold !== null || !goesOn()) return false;
      this.#ownLeft.set(index, own() - 1);
      this.#left--;
      this.#begun++;
      taken++;
      return true;
    };
    while (opened && goesOn()) {
      await this.#hold?.promise;
      await user.iterateWhile(take, goesOn);
    }
    // An iteration that was interrupted because only its user had to end is not run again, by any worker.
    if (!user.isAborted && !this.#isStopped) this.#context.recorder.countIterations(this.#spec.id, taken - counted);
    if (user.hasStopped) this.#waive(index);
    await user.close(opened);
  }

  /**
   * Called when the test has stopped a user. The user's own iterations that have not started count as run, so that no other
   * worker runs them. Iterations that all users share are run by the other users.
   */
  #waive(index: number): void {
    this.#hasTestStopped = true;
    if (this.#spec.perUser === null) return;
    this.#skip(Math.min(this.#left, this.#ownLeft.get(index) ?? 0));
    this.#ownLeft.set(index, 0);
  }

  #skip(count: number): void {
    this.#left -= count;
    this.#begun += count;
    this.#context.recorder.countIterations(this.#spec.id, count);
  }

  /** Drops the iterations that have not started. */
  #timeUp(): void {
    this.#drop();
    this.stop(this.#context.stopTimeoutMs);
  }

  #drop(): void {
    this.#context.recorder.droppedIterations += this.#left;
    this.#dropped += this.#left;
    this.#left = 0;
  }

  #closeWhenDone(): void {
    if (this.#pool.size > 0) return;
    if (this.#hasTestStopped) this.#skip(this.#left);
    // Also drops the iterations of users that could not start and that no other user can take over. The master does not
    // move them to other workers, where the users could not start either.
    this.#context.recorder.countIterations(this.#spec.id, this.#left);
    this.#drop();
    this.stop(this.#context.stopTimeoutMs);
  }
}

function usersOf({ virtualUsers }: IterationsSpec): number[] {
  return fromRanges(unpackRanges(virtualUsers));
}
