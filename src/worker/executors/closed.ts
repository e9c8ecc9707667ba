import { ClassSequence } from "../../core/class-sequence.ts";
import type { Plan } from "../../core/plan.ts";
import { nextCrossingAt, populationAt } from "../../core/population.ts";
import { fromRanges, unpackRanges } from "../../core/ranges.ts";
import type { ClosedSpec } from "../../protocol/scenario-spec.ts";
import { longestTimerMs } from "../longest-timer.ts";
import type { RunningUser } from "../running-user.ts";
import type { Executor, ExecutorContext } from "./executor.ts";
import { UserPool } from "./user-pool.ts";

/**
 * Keeps this worker's share of a closed load running: virtual user i exists while i < users(t). It asks the plan for
 * the next instant at which one of its own users starts or stops and sleeps until then, so no message is needed per
 * spawn.
 */
export class ClosedExecutor implements Executor<ClosedSpec> {
  readonly #context: ExecutorContext;
  readonly #pool: UserPool;
  #sequence: ClassSequence;
  #plan: Plan;
  /** This worker's users, ascending. */
  #own: readonly number[];
  /** The first so many of them should be running. */
  #active = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Users that come from another worker wait for their turn. */
  readonly #waiting = new Map<number, NodeJS.Timeout>();
  #stopped = false;

  constructor(spec: ClosedSpec, context: ExecutorContext) {
    this.#context = context;
    this.#pool = new UserPool(context, (index) => this.#ended(index));
    this.#sequence = new ClassSequence(spec.classes);
    this.#plan = planOf(spec);
    this.#own = fromRanges(unpackRanges(spec.virtualUsers));
  }

  get finished(): Promise<void> {
    return this.#pool.finished;
  }

  start(): void {
    this.#reconcile();
  }

  update(spec: ClosedSpec): void {
    if (this.#stopped) return;
    this.#plan = planOf(spec);
    this.#own = fromRanges(unpackRanges(spec.virtualUsers));
    const population = populationAt(this.#plan, this.#context.nowMs());
    this.#active = this.#own.findLastIndex((index) => index < population) + 1;
    const wanted = new Set(this.#own.slice(0, this.#active));
    for (const index of this.#pool.indexes()) if (!wanted.has(index)) this.#pool.stop(index);
    const movedAtMs = new Map(spec.moved);
    for (const index of wanted) this.#launchAt(index, movedAtMs.get(index) ?? 0);
    this.#reconcile();
  }

  stop(stopTimeoutMs: number): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const timer of this.#waiting.values()) clearTimeout(timer);
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
      this.#launch(next);
    }
    for (let last = this.#lastActive(); last !== undefined && last >= population; last = this.#lastActive()) {
      this.#active--;
      this.#pool.stop(last);
    }
    const delayMs = Math.min(this.#nextChangeMs(nowMs) - nowMs, longestTimerMs);
    this.#timer = setTimeout(() => this.#reconcile(), delayMs);
  }

  #lastActive(): number | undefined {
    return this.#active === 0 ? undefined : this.#own[this.#active - 1];
  }

  /** The next user to start or the last to stop: no other of ours can change before them. */
  #nextChangeMs(nowMs: number): number {
    const next = this.#own[this.#active];
    const last = this.#lastActive();
    return Math.min(
      this.#plan.durationMs,
      next === undefined ? Number.POSITIVE_INFINITY : nextCrossingAt(this.#plan, nowMs, next),
      last === undefined ? Number.POSITIVE_INFINITY : nextCrossingAt(this.#plan, nowMs, last),
    );
  }

  #launchAt(index: number, atMs: number): void {
    const delayMs = atMs - this.#context.nowMs();
    if (delayMs <= 0) this.#launch(index);
    else if (!this.#pool.has(index) && !this.#waiting.has(index)) {
      const start = () => {
        this.#waiting.delete(index);
        if (this.#isWanted(index)) this.#launch(index);
      };
      this.#waiting.set(index, setTimeout(start, Math.min(delayMs, longestTimerMs)));
    }
  }

  #launch(index: number): void {
    // Its former self may still be finishing an iteration; it is started again when that has ended.
    if (this.#pool.has(index) || this.#waiting.has(index) || index >= this.#sequence.limit) return;
    this.#pool.launch(index, this.#sequence.classOf(index), live);
  }

  #ended(index: number): void {
    if (this.#isWanted(index)) this.#launch(index);
  }

  #isWanted(index: number): boolean {
    const position = this.#own.indexOf(index);
    return position >= 0 && position < this.#active;
  }
}

/** The life of a user in a closed load. */
async function live(user: RunningUser): Promise<void> {
  const opened = await user.open();
  while (opened && !user.isStopping) {
    await user.iterate();
    if (!user.isStopping) await user.pause();
  }
  await user.close(opened);
}

function planOf(spec: ClosedSpec): Plan {
  return { points: spec.points, durationMs: spec.endMs ?? Number.POSITIVE_INFINITY };
}
