import type { Plan } from "../../../src/core/plan/plan.ts";
import { packRanges, toRanges } from "../../../src/core/ranges.ts";
import type { ClosedSpec, IterationsSpec, OpenSpec, ScenarioSpec } from "../../../src/protocol/scenario-spec.ts";
import type { UserDefinition } from "../../../src/scenario/definition/define.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { createExecutor } from "../../../src/worker/executors/create.ts";
import type { Executor } from "../../../src/worker/executors/executor.ts";
import { RunningUser } from "../../../src/worker/user/running-user.ts";
import { compileClasses } from "../../../src/worker/user/user-class.ts";
import { runContext } from "../user/test-user.ts";

interface StagedUser {
  readonly index: number;
  readonly classNumber: number;
  readonly user: RunningUser;
  /** Since the start of the run. */
  readonly startedMs: number;
  endedMs: number | null;
}

interface StageOptions {
  readonly base?: string;
  readonly seed?: number;
  readonly worker?: number;
  readonly stopTimeoutMs?: number;
  readonly holdAtMs?: number;
  readonly startRetryMs?: number;
  /** Whether the clock goes on while this process does not run. */
  readonly countsStalls?: boolean;
}

/** How far the clock of a stage goes at a time, in ms. */
const longestStepMs = 10;
const stepEveryMs = 2;

/**
 * An executor with real users that run the tests' code, and what became of them. Its clock is the real one, but does not count the time in
 * which this process did not run: a busy machine would let moments of a plan pass that a test wants to see. A test may hold it, too.
 */
export class Stage implements Disposable {
  readonly recorder = new IntervalRecorder(true);
  readonly users: StagedUser[] = [];
  readonly executor: Executor;
  /** The clock stands still from then on, so that no moment of a plan is missed however busy the machine is. */
  holdAtMs: number;
  #passedMs = 0;
  #lookedMs = performance.now();
  readonly #longestStepMs: number;
  readonly #steps = setInterval(() => this.#step(), stepEveryMs).unref();

  constructor(spec: ScenarioSpec, definitions: readonly Omit<UserDefinition, "name">[], options: StageOptions = {}) {
    const { base = "http://127.0.0.1:1", seed = 7, worker = 1, stopTimeoutMs = 60_000 } = options;
    this.#longestStepMs = options.countsStalls ? Number.POSITIVE_INFINITY : longestStepMs;
    this.holdAtMs = options.holdAtMs ?? Number.POSITIVE_INFINITY;
    const named = definitions.map((definition, position) => ({ name: `class ${position}`, ...definition }));
    const classes = compileClasses({ users: named }, "standard");
    const run = runContext(this.recorder, base, { seed, startRetryMs: options.startRetryMs ?? 1_000 });
    this.executor = createExecutor(spec, {
      nowMs: () => this.nowMs,
      createUser: (index, classNumber) => {
        const userClass = classes[classNumber];
        if (userClass === undefined) throw new RangeError(`no class ${classNumber}`);
        const user = new RunningUser(index, spec.name, userClass, run);
        this.users.push({ index, classNumber, user, startedMs: this.nowMs, endedMs: null });
        return user;
      },
      userEnded: (ended) => {
        const staged = this.users.find(({ user }) => user === ended);
        if (staged === undefined || staged.endedMs !== null) throw new Error("a user ended that does not run");
        staged.endedMs = this.nowMs;
      },
      recorder: this.recorder,
      stopTimeoutMs,
      seed,
      worker,
    });
    this.executor.start();
  }

  get nowMs(): number {
    this.#step();
    return Math.min(this.#passedMs, this.holdAtMs);
  }

  get startedIndexes(): number[] {
    return this.users.map((user) => user.index);
  }

  /** The numbers of those who run now. */
  get running(): number[] {
    return this.users.flatMap(({ index, endedMs }) => (endedMs === null ? [index] : [])).sort((a, b) => a - b);
  }

  /** How many iterations were completed, interrupted and dropped. */
  get counts(): { completed: number; interrupted: number; dropped: number } {
    const { completedIterations, interruptedIterations, droppedIterations } = this.recorder;
    return { completed: completedIterations, interrupted: interruptedIterations, dropped: droppedIterations };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#steps);
    this.executor.stop(0);
  }

  #step(): void {
    const nowMs = performance.now();
    this.#passedMs += Math.min(nowMs - this.#lookedMs, this.#longestStepMs);
    this.#lookedMs = nowMs;
  }
}

const oneClass: ScenarioSpec["classes"] = [{ weight: 1 }];
const shared = { id: 0, name: "default", classes: oneClass, indexOffset: 0, indexStep: 1 };
const pack = (indexes: readonly number[]) => packRanges(toRanges(indexes));
const finite = (ms: number) => (Number.isFinite(ms) ? ms : null);

export function closedSpec(plan: Plan, indexes: readonly number[], over: Partial<ClosedSpec> = {}): ClosedSpec {
  const points = [...plan.points];
  const place = { endMs: finite(plan.durationMs), virtualUsers: pack(indexes), moved: [], leaving: [] };
  return { kind: "closed", ...shared, points, ...place, ...over };
}

/** The whole load on one worker, with a user for each iteration, unless `over` says otherwise. */
export function openSpec(plan: Plan, over: Partial<OpenSpec> = {}): OpenSpec {
  const points = [...plan.points];
  const share = { position: 0, workerCount: 1, maxUsers: 1_000, queueLimit: 1_000, arrivals: "even" as const };
  return { kind: "open", firstIteration: 0, ...shared, points, endMs: finite(plan.durationMs), ...share, ...over };
}

export function iterationsSpec(users: number, over: Partial<IterationsSpec>): IterationsSpec {
  const virtualUsers = pack(Array.from({ length: users }, (_, index) => index));
  return {
    kind: "iterations",
    ...shared,
    startMs: 0,
    endMs: 60_000,
    virtualUsers,
    total: null,
    perUser: null,
    isHeld: false,
    ...over,
  };
}
