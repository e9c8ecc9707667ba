import { type ArrivalSource, EvenArrivals, PoissonArrivals } from "../../core/arrivals/arrival-source.ts";
import { ArrivalTimes } from "../../core/arrivals/arrivals.ts";
import { longestTimerMs } from "../../core/duration.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { ClassSequence } from "../../core/population/class-sequence.ts";
import { Random } from "../../core/random.ts";
import type { OpenSpec, ScenarioSpec } from "../../protocol/scenario-spec.ts";
import { turnEnd } from "../http/turn-end.ts";
import type { RunningUser } from "../user/running-user.ts";
import { BusyQueue, type DueIteration } from "./busy-queue.ts";
import { CatchUp, isTooLate } from "./catch-up.ts";
import { type Executor, type ExecutorContext, kindChanged } from "./executor.ts";
import { UserPool } from "./user-pool.ts";

/**
 * The minimum time between two checks for due iterations, in ms. Smaller batches take more CPU: without a minimum a request
 * takes a fifth more at 40,000 requests per second.
 */
const shortestGapMs = 0.25;
/** The sequence of classes repeats after this many arrivals, which bounds its memory in a long run. */
const classPeriod = 100_000;
/** The first random stream of arrivals. Virtual users have the streams from 0; each scenario has one stream per worker. */
const firstPoissonStream = 0x8000_0000;
const streamsPerScenario = 0x1_0000;

interface IdleUser {
  readonly user: RunningUser;
  readonly wake: (iteration: DueIteration | null) => void;
}

/**
 * Starts the iterations of this worker when they are due, whether or not earlier ones have ended. Iteration k has the k-th
 * class of the weighted sequence. An idle user of the class takes the iteration, or a new user if there are fewer than
 * `maxUsers`; else the iteration waits in a bounded queue. If the queue is full, the iteration is dropped and counted. A
 * worker that is late catches up at twice the planned rate. A worker that is two seconds late leaves out all iterations that
 * were due by then, and counts them.
 */
export class OpenExecutor implements Executor {
  readonly #context: ExecutorContext;
  readonly #pool: UserPool;
  readonly #queue: BusyQueue;
  /** Iterations that wait for a new user, which replaces a user that is leaving. */
  readonly #replacing: DueIteration[] = [];
  readonly #idle = new Map<number, IdleUser[]>();
  /** The users that end and take no further iteration. */
  readonly #ending = new Set<RunningUser>();
  readonly #sequence: ClassSequence;
  /** The random source of arrivals. It continues after a change of the plan: a new one would repeat the first gap. */
  readonly #random: Random;
  #spec: OpenSpec;
  #arrivals: ArrivalSource;
  #nextIndex = 0;
  #timer: NodeJS.Timeout | null = null;
  #lookedMs = 0;
  readonly #catchUp = new CatchUp();
  #stopped = false;
  #isHeld = false;
  /** The number of iterations that were given to a user, queued or dropped. */
  #acted = 0;
  #late = 0;
  #dropped = 0;

  constructor(spec: OpenSpec, context: ExecutorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#pool = new UserPool(context, () => this.#hasRoom && this.#launchWaiting());
    this.#queue = new BusyQueue(spec.queueLimit);
    this.#sequence = new ClassSequence(spec.classes);
    // The seed does not depend on the worker's stripe, which another worker can get later.
    const stream = firstPoissonStream + spec.id * streamsPerScenario + (context.worker % streamsPerScenario);
    this.#random = new Random(context.seed, stream);
    this.#arrivals = this.#arrivalsFrom(spec.firstIteration);
  }

  get finished(): Promise<void> {
    return this.#pool.finished;
  }

  /** An iteration that waits for a user counts as made until it is dropped. So does an iteration whose user never started. */
  get progress() {
    return { made: this.#acted - this.#dropped, late: this.#late, dropped: this.#dropped, asked: 0 };
  }

  start(): void {
    turnEnd.watch(this.#look);
    this.#dispatch();
  }

  update(spec: ScenarioSpec): void {
    if (spec.kind !== "open") throw kindChanged(spec);
    if (this.#stopped) return;
    this.#isHeld = false;
    const isSameStripe = spec.position === this.#spec.position && spec.workerCount === this.#spec.workerCount;
    this.#queue.limit = spec.queueLimit;
    if (isSameStripe) {
      this.#spec = spec;
      this.#arrivals = this.#arrivalsFrom(this.#arrivals.k);
    } else this.#changeStripe(spec);
    this.#followLimit();
    this.#dispatch();
  }

  /** Ends idle users beyond a lower limit of users; with a higher limit, more of the waiting iterations get a user. */
  #followLimit(): void {
    for (let left = this.#surplus; left > 0 && this.#endIdle(); left--);
    while (this.#hasRoom && this.#launchWaiting());
  }

  /** The number of users that must end because the limit is lower than when they started; they finish their iteration. */
  get #surplus(): number {
    return this.#pool.size - this.#ending.size - this.#spec.maxUsers;
  }

  get #hasRoom(): boolean {
    return this.#pool.size < this.#spec.maxUsers;
  }

  /** Iterations that are due during the hold are late. They are left out or made up for as after any standstill. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#dispatch();
  }

  /** Runs the iterations of the old stripe up to the iteration at which the new stripe applies. */
  #changeStripe(spec: OpenSpec): void {
    const due: number[] = [];
    for (; this.#arrivals.k < spec.firstIteration && this.#arrivals.dueAtMs < Number.POSITIVE_INFINITY; ) {
      due.push(this.#arrivals.k);
      if (!this.#arrivals.advance()) break;
    }
    const times = new ArrivalTimes(planOf(spec));
    this.#spec = spec;
    this.#arrivals = this.#arrivalsFrom(spec.firstIteration);
    for (const k of due) this.#beginAt(k, times.dueAtMs(k));
  }

  /** Starts one of the last iterations of the old stripe. */
  #beginAt(k: number, dueAtMs: number): void {
    const delayMs = Math.min(longestTimerMs, Math.max(0, dueAtMs - this.#context.nowMs()));
    setTimeout(() => {
      if (this.#stopped) return;
      const actedMs = performance.now();
      const nowMs = this.#context.nowMs();
      const lagMs = Math.max(0, nowMs - dueAtMs);
      if (isTooLate(nowMs, dueAtMs)) {
        this.#late++;
        return;
      }
      this.#context.recorder.scheduleLag.record(lagMs * 1_000);
      this.#begin({ classNumber: this.#classOf(k), dueMs: actedMs - lagMs, actedMs });
    }, delayMs);
  }

  stop(stopTimeoutMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (!this.#stopped) {
      this.#stopped = true;
      this.#leaveOut(this.#context.nowMs());
      turnEnd.unwatch(this.#look);
      this.#drop(this.#queue.clear() + this.#replacing.length);
      for (const users of this.#idle.values()) for (const { wake } of users) wake(null);
    }
    this.#pool.close(stopTimeoutMs);
  }

  /** Starts the due iterations and sleeps until the next one. */
  #dispatch(): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#isHeld) return;
    const nowMs = this.#handOut(performance.now());
    const endMs = this.#spec.endMs ?? Number.POSITIVE_INFINITY;
    if (nowMs >= endMs) {
      this.stop(this.#context.stopTimeoutMs);
      return;
    }
    const delayMs = Math.max(0, Math.min(this.#arrivals.dueAtMs, endMs) - nowMs);
    this.#timer = setTimeout(() => this.#dispatch(), Math.min(delayMs, longestTimerMs));
  }

  /** Starts due iterations at the end of a turn. The timer stays set, and checks again when it fires. */
  readonly #look = (): void => {
    const actedMs = performance.now();
    if (actedMs - this.#lookedMs >= shortestGapMs) this.#handOut(actedMs);
  };

  /** Starts the iterations that are due at `actedMs`. Returns the time since the start of the run, in ms. */
  #handOut(actedMs: number): number {
    this.#lookedMs = actedMs;
    const nowMs = this.#context.nowMs();
    if (this.#isHeld) return nowMs;
    if (isTooLate(nowMs, this.#arrivals.dueAtMs)) this.#leaveOut(nowMs);
    const untilMs = this.#catchUp.startedUntil(nowMs, this.#arrivals.dueAtMs);
    for (; this.#arrivals.dueAtMs <= untilMs; this.#arrivals.advance()) {
      const lagMs = nowMs - this.#arrivals.dueAtMs;
      this.#context.recorder.scheduleLag.record(lagMs * 1_000);
      this.#begin({ classNumber: this.#classOf(this.#arrivals.k), dueMs: actedMs - lagMs, actedMs });
    }
    return nowMs;
  }

  #leaveOut(nowMs: number): void {
    for (; this.#arrivals.dueAtMs <= nowMs; this.#arrivals.advance()) this.#late++;
  }

  #begin(iteration: DueIteration): void {
    const { classNumber } = iteration;
    this.#acted++;
    const idle = this.#idle.get(classNumber)?.pop();
    if (idle !== undefined) idle.wake(iteration);
    else if (this.#hasRoom) this.#launch(iteration);
    else this.#makeRoom(iteration);
  }

  /** Replaces an idle user of another class by a user of this class; if no user is idle, the iteration waits. */
  #makeRoom(iteration: DueIteration): void {
    if (this.#endIdle()) this.#replacing.push(iteration);
    else if (!this.#queue.add(iteration)) this.#drop(1);
  }

  #drop(iterations: number): void {
    this.#dropped += iterations;
    this.#context.recorder.droppedIterations += iterations;
  }

  #launch(first: DueIteration): void {
    this.#pool.launch(this.#nextIndex++, first.classNumber, (user) => this.#live(user, first));
  }

  async #live(user: RunningUser, first: DueIteration): Promise<void> {
    user.takeOn();
    const hasStarted = await user.open();
    // The iteration was due before the end, so it can finish.
    const opened = hasStarted && !user.isAborted && !user.hasStopped;
    if (!opened) user.giveUp();
    for (
      let due: DueIteration | null = opened ? first : null;
      due !== null;
      due = user.hasStopped ? null : await this.#next(user, first.classNumber)
    ) {
      user.http.beginIteration(due.dueMs, due.actedMs);
      await user.iterate();
      user.http.endIteration();
    }
    this.#ending.add(user);
    await user.close(hasStarted);
    this.#ending.delete(user);
  }

  /** Returns the next iteration for a user that has finished one; null if the user must end. */
  #next(user: RunningUser, classNumber: number): Promise<DueIteration | null> | DueIteration | null {
    if (this.#surplus > 0) this.#ending.add(user);
    if (this.#stopped || this.#ending.has(user)) return null;
    const waiting = this.#queue.take(classNumber);
    if (waiting !== null) return waiting;
    // Iterations wait for a user of another class: this user makes room.
    if (this.#queue.size > 0) return null;
    return new Promise((wake) => {
      const idle = this.#idle.get(classNumber) ?? [];
      this.#idle.set(classNumber, idle);
      idle.push({ user, wake });
    });
  }

  /** Starts a new user for the iteration that has waited longest. Returns false if none waits. */
  #launchWaiting(): boolean {
    const waiting = this.#replacing.shift() ?? this.#queue.takeOldest();
    if (waiting !== null) this.#launch(waiting);
    return waiting !== null;
  }

  /** Ends an idle user. Returns false if there is none. */
  #endIdle(): boolean {
    const idle = [...this.#idle.values()].find((users) => users.length > 0)?.pop();
    if (idle === undefined) return false;
    this.#ending.add(idle.user);
    idle.wake(null);
    return true;
  }

  #classOf(k: number): number {
    return this.#sequence.classOf(k % classPeriod);
  }

  /**
   * Even arrivals continue with iteration `firstK`. Poisson arrivals have no memory and restart where the stripe applies.
   */
  #arrivalsFrom(firstK: number): ArrivalSource {
    const { arrivals, position: worker, workerCount } = this.#spec;
    const plan = planOf(this.#spec);
    if (arrivals === "even") return new EvenArrivals({ plan, worker, workerCount, firstK });
    const begun = new ArrivalTimes(plan).countBefore(Math.max(0, this.#context.nowMs()));
    const firstDrawn = Math.max(begun, this.#spec.firstIteration);
    return new PoissonArrivals({ plan, worker, workerCount, firstK: firstDrawn }, this.#random);
  }
}

function planOf({ points, endMs }: OpenSpec): Plan {
  return { points, durationMs: endMs ?? Number.POSITIVE_INFINITY };
}
