import { ClassSequence } from "../../core/class-sequence.ts";
import { fromRanges, unpackRanges } from "../../core/ranges.ts";
import type { IterationsSpec } from "../../protocol/scenario-spec.ts";
import { longestTimerMs } from "../longest-timer.ts";
import type { RunningUser } from "../running-user.ts";
import type { Executor, ExecutorContext } from "./executor.ts";
import { UserPool } from "./user-pool.ts";

/** Runs exactly so many iterations: this worker's share of the total, or a number for each of its users. */
export class IterationsExecutor implements Executor<IterationsSpec> {
  readonly #spec: IterationsSpec;
  readonly #context: ExecutorContext;
  readonly #pool: UserPool;
  /** Iterations that have not begun yet, of all users together. */
  #left: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(spec: IterationsSpec, context: ExecutorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#pool = new UserPool(context, () => this.#closeWhenDone());
    this.#left = spec.total ?? this.#users.length * (spec.perUser ?? 0);
  }

  get finished(): Promise<void> {
    return this.#pool.finished;
  }

  start(): void {
    this.#at(this.#spec.startMs, () => this.#begin());
  }

  /** A number of iterations does not change while they run. */
  update(): void {}

  stop(stopTimeoutMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pool.close(stopTimeoutMs);
  }

  get #users(): number[] {
    return fromRanges(unpackRanges(this.#spec.virtualUsers));
  }

  #begin(): void {
    const { classes, endMs } = this.#spec;
    this.#at(endMs ?? Number.POSITIVE_INFINITY, () => this.#timeUp());
    const sequence = new ClassSequence(classes);
    // A user that would find nothing to do is not started.
    for (const index of this.#users.slice(0, this.#left)) {
      this.#pool.launch(index, sequence.classOf(index), (user) => this.#live(user));
    }
    this.#closeWhenDone();
  }

  /** A timer may be a little early, and the time of the run is corrected on the way. */
  #at(atMs: number, act: () => void): void {
    const delayMs = Math.min(longestTimerMs, Math.max(0, atMs - this.#context.nowMs()));
    this.#timer = setTimeout(() => (this.#context.nowMs() < atMs ? this.#at(atMs, act) : act()), delayMs);
  }

  async #live(user: RunningUser): Promise<void> {
    const opened = await user.open();
    let own = this.#spec.perUser ?? Number.POSITIVE_INFINITY;
    const goesOn = () => own > 0 && this.#left > 0 && !user.isStopping;
    const take = () => {
      if (!goesOn()) return false;
      own--;
      this.#left--;
      return true;
    };
    if (opened) await user.iterateWhile(take, goesOn);
    await user.close(opened);
  }

  /** What has not begun by now is dropped. */
  #timeUp(): void {
    this.#context.recorder.droppedIterations += this.#left;
    this.#left = 0;
    this.stop(this.#context.stopTimeoutMs);
  }

  #closeWhenDone(): void {
    if (this.#pool.size === 0) this.stop(this.#context.stopTimeoutMs);
  }
}
