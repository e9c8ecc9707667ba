import type { TaskChoice } from "../../core/population/task-choice.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { TaskCounter } from "../../stats/task-counters.ts";
import type { IterationNumbers } from "../iteration-numbers.ts";
import type { UserParts } from "../recorded-parts.ts";
import type { RunContext } from "../run-context.ts";
import type { CompiledTask, UserClass } from "./user-class.ts";

/** The iterations of one user: which task is next, and how each one is counted. */
export class UserIterations {
  /** How many are complete. */
  count = 0;
  /** The number in the run of the one that began last. */
  inRun = -1;
  /** When the last one began; 0 when nobody asks. */
  startedMs = 0;
  /** Taken on or begun, and not ended. */
  isOpen = false;
  readonly #tasks: readonly CompiledTask[];
  readonly #choice: TaskChoice;
  readonly #recorder: IntervalRecorder;
  readonly #executions: TaskCounter;
  readonly #numbers: IterationNumbers;
  /** Null for most tests: no threshold is about the iterations' durations, or about a part of the checks. */
  readonly #parts: UserParts | null;
  readonly #isTimed: boolean;
  /** Of the task that runs, or ran last. */
  #position = 0;

  constructor(
    scenario: string,
    { name, tasks, createPauser }: UserClass,
    run: RunContext,
    parts: UserParts | null,
    choice: TaskChoice,
  ) {
    this.#tasks = tasks;
    this.#choice = choice;
    this.#recorder = run.recorder;
    this.#executions = run.recorder.tasks.of(scenario, name, tasks);
    this.#numbers = run.iterationNumbers;
    this.#parts = parts;
    this.#isTimed = createPauser !== null || parts !== null;
  }

  /** The task to run. */
  begin(): CompiledTask {
    const position = this.#choice.next();
    const task = this.#tasks[position];
    if (task === undefined) throw new RangeError("the task picker named a task that is not there");
    this.#position = position;
    this.inRun = this.#numbers.take();
    if (this.#isTimed) this.startedMs = performance.now();
    this.isOpen = true;
    this.#executions.count(position);
    return task;
  }

  complete(hasThrown: boolean): void {
    this.isOpen = false;
    this.count++;
    this.#recorder.completedIterations++;
    if (hasThrown) this.#recorder.failedIterations++;
    this.#parts?.iterated(this.#position, performance.now() - this.startedMs);
  }

  /** It was cut short, or left behind. */
  interrupt(): void {
    this.isOpen = false;
    this.#recorder.interruptedIterations++;
  }

  /** It was due, and waited in vain. */
  drop(): void {
    this.isOpen = false;
    this.#recorder.droppedIterations++;
  }
}
