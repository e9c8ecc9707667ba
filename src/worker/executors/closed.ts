import { longestTimerMs } from "../../core/duration.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { ClassSequence } from "../../core/population/class-sequence.ts";
import { nextCrossingAt, populationAt } from "../../core/population/population.ts";
import { fromRanges, unpackRanges } from "../../core/ranges.ts";
import type { ClosedSpec, ScenarioSpec } from "../../protocol/scenario-spec.ts";
import type { RunningUser } from "../user/running-user.ts";
import { type Executor, type ExecutorContext, kindChanged } from "./executor.ts";
import { UserMoves } from "./user-moves.ts";
import { UserPool } from "./user-pool.ts";
import { UserTime } from "./user-time.ts";

/**
 * Keeps this worker's share of a closed load running: virtual user i runs here while i < users(t) and the user belongs to
 * this worker. The executor asks the plan for the next instant at which one of its own users starts or stops and sleeps
 * until then, so no message is needed per spawn.
 */
export class ClosedExecutor implements Executor {
  readonly #context: ExecutorContext;
  readonly #pool: UserPool;
  #sequence: ClassSequence;
  #plan: Plan;
  #moves: UserMoves;
  /** This worker's users, ascending, including users that will arrive and users that are leaving. */
  #own: readonly number[];
  /** The number of users at the front of `#own` that the plan wants now. */
  #active = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  readonly #time: UserTime;
  /** A promise that is pending while no iteration can start; null otherwise. */
  #hold: PromiseWithResolvers<void> | null = null;
  /** Users that never started. They are not tried again. */
  readonly #givenUp = new Set<number>();
  /** Users that the test has stopped. They are not started again, and their time counts as if they ran, as the test wanted this. */
  readonly #stoppedByTest = new Set<number>();

  constructor(spec: ClosedSpec, context: ExecutorContext) {
    this.#context = context;
    this.#time = new UserTime(context.nowMs);
    this.#pool = new UserPool(context, (index) => this.#ended(index));
    this.#sequence = new ClassSequence(spec.classes);
    this.#plan = planOf(spec);
    this.#moves = movesOf(spec);
    this.#own = this.#moves.indexes;
  }

  get finished(): Promise<void> {
    return this.#pool.finished;
  }

  get progress() {
    return this.#time.progress;
  }

  start(): void {
    this.#reconcile();
  }

  update(spec: ScenarioSpec): void {
    if (spec.kind !== "closed") throw kindChanged(spec);
    if (this.#stopped) return;
    this.#plan = planOf(spec);
    this.#moves = movesOf(spec);
    this.#own = this.#moves.indexes;
    const population = populationAt(this.#plan, this.#context.nowMs());
    this.#active = this.#own.findLastIndex((index) => index < population) + 1;
    for (const index of [...this.#pool.indexes(), ...this.#stoppedByTest]) this.#settle(index);
    for (const index of this.#own.slice(0, this.#active)) this.#settle(index);
    this.#reconcile();
    this.release();
  }

  hold(): void {
    this.#hold ??= Promise.withResolvers();
  }

  release(): void {
    this.#hold?.resolve();
    this.#hold = null;
  }

  stop(stopTimeoutMs: number): void {
    this.#stopped = true;
    this.release();
    this.#time.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pool.close(stopTimeoutMs);
  }

  #reconcile(): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const nowMs = this.#context.nowMs();
    if (nowMs >= this.#plan.durationMs) {
      this.stop(this.#context.stopTimeoutMs);
      return;
    }
    const population = populationAt(this.#plan, nowMs);
    for (let next = this.#own[this.#active]; next !== undefined && next < population; next = this.#own[this.#active]) {
      this.#active++;
      this.#settle(next);
    }
    for (let last = this.#lastActive(); last !== undefined && last >= population; last = this.#lastActive()) {
      this.#active--;
      this.#settle(last);
    }
    for (const index of this.#moves.takeDue(nowMs)) this.#settle(index);
    const delayMs = Math.min(this.#nextChangeMs(nowMs) - nowMs, longestTimerMs);
    this.#timer = setTimeout(() => this.#reconcile(), delayMs);
  }

  #lastActive(): number | undefined {
    return this.#active === 0 ? undefined : this.#own[this.#active - 1];
  }

  /**
   * Returns when the next user starts, the last one stops, a user arrives or leaves, or the plan ends. No other user of this
   * worker can change earlier.
   */
  #nextChangeMs(nowMs: number): number {
    const next = this.#own[this.#active];
    const last = this.#lastActive();
    return Math.min(
      this.#plan.durationMs,
      this.#moves.nextAtMs,
      next === undefined ? Number.POSITIVE_INFINITY : nextCrossingAt(this.#plan, nowMs, next),
      last === undefined ? Number.POSITIVE_INFINITY : nextCrossingAt(this.#plan, nowMs, last),
    );
  }

  /** Starts a user that should run but does not, or stops a user that runs but should not. Also called when a user has ended. */
  #settle(index: number): void {
    if (this.#stopped) return;
    const runs = this.#pool.has(index);
    // A user that is wanted again may still be finishing an iteration. This method is called again when the user has ended.
    if (!this.#isWanted(index)) {
      this.#time.remove(index);
      if (runs) this.#pool.stop(index);
    } else if (!runs) {
      this.#time.add(index);
      if (this.#stoppedByTest.has(index)) return;
      this.#pool.launch(index, this.#sequence.classOf(index), (user) => this.#live(index, user));
    }
  }

  #ended(index: number): void {
    if (!this.#stoppedByTest.has(index)) this.#time.remove(index);
    this.#settle(index);
  }

  #isWanted(index: number): boolean {
    const last = this.#lastActive();
    const exists = last !== undefined && index <= last && index < this.#sequence.limit && !this.#givenUp.has(index);
    return exists && this.#moves.isHere(index, this.#context.nowMs());
  }

  async #live(index: number, user: RunningUser): Promise<void> {
    const opened = await user.open();
    if (user.isGivenUp) this.#givenUp.add(index);
    const goesOn = () => !user.isStopping;
    const take = () => this.#hold === null && goesOn();
    while (opened && goesOn()) {
      await this.#hold?.promise;
      await user.iterateWhile(take, goesOn);
    }
    if (user.hasStopped) this.#stoppedByTest.add(index);
    await user.close(opened);
  }
}

function planOf(spec: ClosedSpec): Plan {
  return { points: spec.points, durationMs: spec.endMs ?? Number.POSITIVE_INFINITY };
}

function movesOf(spec: ClosedSpec): UserMoves {
  return new UserMoves(fromRanges(unpackRanges(spec.virtualUsers)), spec);
}
