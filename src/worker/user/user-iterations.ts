import { InvalidValue } from "../../core/invalid-value.ts";
import type { TaskChoice } from "../../core/population/task-choice.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { TaskCounter } from "../../stats/task-counters.ts";
import type { IterationNumbers } from "../iteration-numbers.ts";
import type { UserParts } from "../recorded-parts.ts";
import type { RunContext } from "../run-context.ts";
import type { CompiledTask, UserClass } from "./user-class.ts";

/** Counts the iterations of one user and picks the task of each. */
export class UserIterations {
  /** The number of complete iterations. */
  count = 0;
  /** The number, in the whole run, of the iteration that began last. */
  inRun = -1;
  /** When the last iteration began; 0 if neither a pause nor a threshold needs it. */
  startedMs = 0;
  /** True from when an iteration is taken or begun until it ends. */
  isOpen = false;
  readonly #tasks: readonly CompiledTask[];
  readonly #choice: TaskChoice;
  /** The choice of tasks, if the class has task sets, loops, or tasks that run once; null for most classes. */
  readonly #flow: TaskChoice | null;
  readonly #recorder: IntervalRecorder;
  readonly #executions: TaskCounter;
  readonly #numbers: IterationNumbers;
  /** The recorder of checks, groups and iterations that thresholds select; null for most tests, which select none. */
  readonly #parts: UserParts | null;
  readonly #isTimed: boolean;
  /** The position of the current or last task. */
  #position = 0;

  constructor(
    scenario: string,
    { name, tasks, createPausers }: UserClass,
    run: RunContext,
    parts: UserParts | null,
    choice: TaskChoice,
  ) {
    this.#tasks = tasks;
    this.#choice = choice;
    this.#flow = choice.leave === undefined ? null : choice;
    this.#recorder = run.recorder;
    this.#executions = run.recorder.tasks.of(scenario, name, tasks);
    this.#numbers = run.iterationNumbers;
    this.#parts = parts;
    this.#isTimed = createPausers.length > 0 || parts !== null;
  }

  /** The current or last task. */
  get task(): CompiledTask {
    return this.#tasks[this.#position] as CompiledTask;
  }

  /** Begins an iteration and returns its task. */
  begin(): CompiledTask {
    const position = this.#choice.next();
    const task = this.#tasks[position];
    if (task === undefined) throw new RangeError("the task picker returned an unknown task");
    this.#position = position;
    this.inRun = this.#numbers.take();
    if (this.#isTimed) this.startedMs = performance.now();
    this.isOpen = true;
    this.#executions.count(position);
    return task;
  }

  /** Whether no task is left because each has run once. Valid only between iterations. */
  get isOver(): boolean {
    return this.#flow !== null && this.#flow.isOver === true;
  }

  /** Leaves the innermost task set after this iteration. @throws InvalidValue if the user is not in a task set */
  leave(): void {
    if (this.isOpen && this.#flow?.leave?.() === true) return;
    throw new InvalidValue("vu.leave: the user is not in a task set; vu.stop() ends the user");
  }

  complete(hasThrown: boolean): void {
    this.isOpen = false;
    this.count++;
    this.#recorder.completedIterations++;
    if (hasThrown) this.#recorder.failedIterations++;
    this.#parts?.iterated(this.#position, performance.now() - this.startedMs);
  }

  /** Counts the iteration as interrupted, because it was aborted or abandoned. */
  interrupt(): void {
    this.isOpen = false;
    this.#recorder.interruptedIterations++;
  }

  /** Counts the iteration as dropped: it was due, but the user that took it never started. */
  drop(): void {
    this.isOpen = false;
    this.#recorder.droppedIterations++;
  }
}
