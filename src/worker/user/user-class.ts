import { describeValue, isThenable } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { FlowChoice } from "../../core/population/flow-choice.ts";
import { createTaskPicker, type TaskChoice } from "../../core/population/task-choice.ts";
import { isPlain, type TaskFlow } from "../../core/population/task-flow.ts";
import type { Random } from "../../core/random.ts";
import type { TestDefinition, UserDefinition } from "../../scenario/definition/define.ts";
import type { Pause } from "../../scenario/definition/pause.ts";
import { classTasks, flowOf } from "../../scenario/definition/tasks.ts";
import type { VirtualUser } from "../../scenario/definition/virtual-user.ts";
import { type ClassRules, classRulesOf } from "../http/course/course-rules.ts";
import { compilePause, type Pauser } from "./pause.ts";

export type VirtualUserCode = (vu: VirtualUser<object>) => unknown;

export interface CompiledTask {
  readonly name: string;
  readonly run: VirtualUserCode;
  /** The position in `createPausers` of the pause after the task; -1 for no pause. */
  readonly pause: number;
}

/** A user class prepared for running: everything that can be computed in advance is computed once. */
export interface UserClass {
  readonly name: string;
  readonly tasks: readonly CompiledTask[];
  readonly chooseTasks: (random: Random) => TaskChoice;
  /** The pauses of the class and of its task sets, each once; most classes have one or none. */
  readonly createPausers: readonly ((random: Random) => Pauser)[];
  /** The rules for the requests of its users. */
  readonly client: ClassRules;
  readonly createState: () => object;
  readonly onStart: VirtualUserCode | null;
  readonly onStop: VirtualUserCode | null;
}

/** Prepares the classes of a test, in order. A pause in the profile replaces the pauses of each class and of its task sets. */
export function compileClasses(test: TestDefinition, profile: string): UserClass[] {
  const pause = test.profiles?.[profile]?.pause;
  return test.users.map((user) => compileClass(test, user, pause));
}

function compileClass(test: TestDefinition, user: UserDefinition, ofProfile: Pause | undefined): UserClass {
  const planned = classTasks(user).map((task) => ({ ...task, pause: ofProfile ?? task.pause ?? user.pause }));
  const pauses = [...new Set(planned.map(({ pause }) => pause))].filter((pause) => pause !== undefined);
  return {
    name: user.name,
    tasks: planned.map(({ name, run, pause }) => ({
      name,
      run,
      pause: pause === undefined ? -1 : pauses.indexOf(pause),
    })),
    chooseTasks: taskChoiceOf(flowOf(user)),
    createPausers: pauses.map(compilePause),
    client: classRulesOf(test, user),
    createState: () => stateOf(user),
    onStart: (user.onStart?.bind(user) as VirtualUserCode | undefined) ?? null,
    onStop: (user.onStop?.bind(user) as VirtualUserCode | undefined) ?? null,
  };
}

/** Prepares the choice of tasks. Most classes have neither task sets nor loops, and need no flow. */
function taskChoiceOf(flow: TaskFlow): (random: Random) => TaskChoice {
  if (flow.order === "markov" || !isPlain(flow)) return (random) => new FlowChoice(flow, random);
  return createTaskPicker(
    flow.members.map(({ weight }) => weight),
    flow.order,
  );
}

/** @throws InvalidValue if `state()` returned a value that `vu.state` cannot have */
function stateOf(user: UserDefinition): object {
  const state: unknown = user.state?.() ?? {};
  if (isThenable(state)) {
    throw new InvalidValue("state() returned a promise, which vu.state cannot wait for: fill the state in onStart");
  }
  if (typeof state === "object" && state !== null) return state;
  throw new InvalidValue(`state() returned ${describeValue(state)}; expected an object`);
}
