import { ClassSequence } from "../../core/population/class-sequence.ts";
import { fromRanges, unpackRanges } from "../../core/ranges.ts";
import type { IterationsSpec, ScenarioSpec } from "../../protocol/scenario-spec.ts";
import { longestTimerMs } from "../time/monotonic.ts";
import type { RunningUser } from "../user/running-user.ts";
import { type Executor, type ExecutorContext, kindChanged } from "./executor.ts";
import { UserPool } from "./user-pool.ts";

/** Runs a fixed number of iterations: this worker's share of the total, or a number per user. */
export class IterationsExecutor implements Executor {
  readonly #context: ExecutorContext;
  readonly #pool: UserPool;
  #spec: IterationsSpec;
  /** The number of iterations of all users that have not started. */
  #left: number;
  #begun = 0;
  #dropped = 0;
  #usersHaveBegun = false;
  #isStopped = false;
  /** Pending while no iteration can start; resolved at the end of the pause. */
  #hold: PromiseWithResolvers<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(spec: IterationsSpec, context: ExecutorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#pool = new UserPool(context, () => this.#closeWhenDone());
    this.#left = this.#asked;
  }

  get finished(): Promise<void> {
    return this.#pool.finished;
  }

  get progress() {
    return { made: this.#begun, late: 0, dropped: this.#dropped };
  }

  start(): void {
    this.#follow();
  }

  /** Applies a pause, its end, or a smaller share. Iterations that have started continue. */
  update(spec: ScenarioSpec): void {
    if (spec.kind !== "iterations") throw kindChanged(spec);
    if (this.#isStopped) return;
    this.#spec = spec;
    this.#left = Math.max(0, this.#asked - this.#begun);
    this.#follow();
    if (this.#usersHaveBegun) this.#closeWhenDone();
  }

  stop(stopTimeoutMs: number): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pool.close(stopTimeoutMs);
    this.#release();
  }

  get #users(): number[] {
    return fromRanges(unpackRanges(this.#spec.virtualUsers));
  }

  get #asked(): number {
    const { total, perUser } = this.#spec;
    return total ?? this.#users.length * (perUser ?? 0);
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
      this.#pool.launch(index, sequence.classOf(index), (user) => this.#live(user));
    }
    this.#closeWhenDone();
  }

  /** Waits until a time of the run. A timer can fire early, and the clock of the run is corrected meanwhile. */
  #at(atMs: number, act: () => void): void {
    const delayMs = Math.min(longestTimerMs, Math.max(0, atMs - this.#context.nowMs()));
    this.#timer = setTimeout(() => (this.#context.nowMs() < atMs ? this.#at(atMs, act) : act()), delayMs);
  }

  async #live(user: RunningUser): Promise<void> {
    const opened = await user.open();
    let own = this.#spec.perUser ?? Number.POSITIVE_INFINITY;
    let counted = user.iteration;
    // Counted in the turn in which the iteration ends, so that all counts of an iteration are in the same report.
    const goesOn = () => {
      this.#context.recorder.countIterations(this.#spec.id, user.iteration - counted);
      counted = user.iteration;
      return own > 0 && this.#left > 0 && !user.isStopping;
    };
    const take = () => {
      if (this.#hold !== null || !goesOn()) return false;
      own--;
      this.#left--;
      this.#begun++;
      return true;
    };
    while (opened && goesOn()) {
      await this.#hold?.promise;
      await user.iterateWhile(take, goesOn);
    }
    await user.close(opened);
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
    // Also drops the iterations of users that could not start and that no other user can take over. The master does not
    // move them to other workers, where the users could not start either.
    this.#context.recorder.countIterations(this.#spec.id, this.#left);
    this.#drop();
    this.stop(this.#context.stopTimeoutMs);
  }
}
