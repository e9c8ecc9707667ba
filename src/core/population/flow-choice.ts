import type { Random } from "../random.ts";
import { createTaskPicker, type TaskChoice } from "./task-choice.ts";
import type { FlowMember, TaskFlow } from "./task-flow.ts";

/**
 * The number of steps in a row to members without a task left after which a Markov chain is over: the tasks of these
 * members each ran once.
 */
const mostEmptySteps = 1_000;

/** Chooses the tasks of one virtual user by the flow of its class: through nested task sets, with loops and exits. */
export class FlowChoice implements TaskChoice {
  readonly #random: Random;
  readonly #courses = new Map<TaskFlow, FlowCourse>();
  /** The flow of the class, and the task sets in which the user is. */
  readonly #stack: FlowCourse[];
  /** The members that do not run again. */
  readonly #done = new Set<FlowMember>();
  /** The task that runs again, and how often. */
  #repeated = { task: 0, left: 0 };
  #isLeaving = false;
  /** The next task, if it is decided; -1 if none is left. */
  #decided: number | null = null;

  constructor(flow: TaskFlow, random: Random) {
    this.#random = random;
    this.#stack = [this.#entered(flow)];
  }

  next(): number {
    const task = this.#decided ?? this.#decide();
    this.#decided = null;
    return task;
  }

  /** Whether no task is left. It decides the next task, so the current one must have ended. */
  get isOver(): boolean {
    this.#decided ??= this.#decide();
    return this.#decided < 0;
  }

  /** Leaves the innermost task set when the current task has ended. Returns false if the user is in none. */
  leave(): boolean {
    if (this.#stack.length < 2) return false;
    this.#isLeaving = true;
    return true;
  }

  #decide(): number {
    if (this.#isLeaving) {
      this.#isLeaving = false;
      this.#repeated.left = 0;
      this.#leave(true);
    }
    if (this.#repeated.left > 0) {
      this.#repeated.left--;
      return this.#repeated.task;
    }
    for (let course = this.#stack.at(-1); course !== undefined; course = this.#stack.at(-1)) {
      const member = course.next(this.#done);
      if (member === null) this.#leave(course.hasRun);
      else if (typeof member.runs !== "number") this.#stack.push(this.#entered(member.runs));
      else {
        if (member.once) this.#done.add(member);
        for (const open of this.#stack) open.hasRun = true;
        this.#repeated = { task: member.runs, left: member.repeat - 1 };
        return member.runs;
      }
    }
    return -1;
  }

  /** Leaves the innermost flow. A flow in which no task ran has no task left, now or later. */
  #leave(hasRun: boolean): void {
    this.#stack.pop();
    const outer = this.#stack.at(-1);
    const member = outer?.current;
    if (outer === undefined || member == null) return;
    if (!hasRun) outer.chooseAgain();
    if (!hasRun || member.once) this.#done.add(member);
  }

  #entered(flow: TaskFlow): FlowCourse {
    let course = this.#courses.get(flow);
    if (course === undefined) {
      course =
        flow.order === "random"
          ? new RandomCourse(flow, this.#random)
          : flow.order === "sequential"
            ? new SequentialCourse(flow)
            : new MarkovCourse(flow, this.#random);
      this.#courses.set(flow, course);
    }
    course.enter();
    return course;
  }
}

/** The progress of one user in a flow. */
abstract class FlowCourse {
  /** Whether a task has run since the flow was entered. */
  hasRun = false;
  /** The member that was chosen last. */
  current: FlowMember | null = null;
  protected readonly flow: TaskFlow;
  protected left = 0;

  constructor(flow: TaskFlow) {
    this.flow = flow;
  }

  enter(): void {
    this.hasRun = false;
    this.left = this.flow.repeat;
  }

  /** The next member that is not done; null at the end of the flow. */
  next(done: ReadonlySet<FlowMember>): FlowMember | null {
    const position = this.choose(done);
    this.current = position === null ? null : (this.flow.members[position] ?? null);
    return this.current;
  }

  /** Does not count the member that was chosen last, because it had no task. */
  chooseAgain(): void {}

  /** The position of the next member; null at the end of the flow. */
  protected abstract choose(done: ReadonlySet<FlowMember>): number | null;
}

class RandomCourse extends FlowCourse {
  readonly #random: Random;
  #picker: TaskChoice | null = null;
  /** The number of members that were done when the picker was created; the picker deals the others. */
  #doneBefore = 0;

  constructor(flow: TaskFlow, random: Random) {
    super(flow);
    this.#random = random;
  }

  override chooseAgain(): void {
    this.left++;
  }

  protected override choose(done: ReadonlySet<FlowMember>): number | null {
    if (this.left === 0) return null;
    if (this.#picker === null || done.size !== this.#doneBefore) {
      const weights = this.flow.members.map((member) => (done.has(member) ? 0 : member.weight));
      if (!weights.some((weight) => weight > 0)) return null;
      const hasChanged = this.#picker === null || this.flow.members.some((member) => done.has(member));
      if (hasChanged) this.#picker = createTaskPicker(weights, "random")(this.#random);
      this.#doneBefore = done.size;
    }
    this.left--;
    return this.#picker?.next() ?? null;
  }
}

class SequentialCourse extends FlowCourse {
  #position = 0;

  override enter(): void {
    super.enter();
    this.#position = 0;
  }

  protected override choose(done: ReadonlySet<FlowMember>): number | null {
    const { members } = this.flow;
    // At most one round: if nothing is left to run, the flow has ended.
    for (let looked = 0; looked <= members.length; looked++) {
      if (this.#position === members.length) {
        this.left--;
        this.#position = 0;
      }
      if (this.left <= 0) return null;
      const position = this.#position++;
      const member = members[position];
      if (member !== undefined && member.weight > 0 && !done.has(member)) return position;
    }
    return null;
  }
}

class MarkovCourse extends FlowCourse {
  readonly #random: Random;
  #state = -1;
  #emptySteps = 0;

  constructor(flow: TaskFlow, random: Random) {
    super(flow);
    this.#random = random;
  }

  override enter(): void {
    super.enter();
    this.#state = -1;
    this.#emptySteps = 0;
  }

  protected override choose(done: ReadonlySet<FlowMember>): number | null {
    for (; this.#emptySteps < mostEmptySteps; this.#emptySteps++) {
      this.#state = this.#state < 0 ? this.flow.start : this.#drawn(this.flow.transitions[this.#state] ?? []);
      if (this.#state === this.flow.members.length) {
        this.left--;
        if (this.left <= 0) return null;
        this.#state = this.flow.start;
      }
      const member = this.flow.members[this.#state];
      if (member === undefined || done.has(member)) continue;
      this.#emptySteps = 0;
      return this.#state;
    }
    return null;
  }

  #drawn(weights: readonly number[]): number {
    let rest = this.#random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    const found = weights.findIndex((weight) => {
      rest -= weight;
      return weight > 0 && rest < 0;
    });
    // Rounding may leave a remainder; then the last possible member is chosen.
    return found >= 0 ? found : weights.findLastIndex((weight) => weight > 0);
  }
}
