import { ConfigurationError } from "../../../core/errors.ts";
import type { LoadedTest } from "../../../runner/load-test.ts";
import { classTasks } from "../../../scenario/definition/tasks.ts";
import { unknownName } from "../../../scenario/resolve/resolve-classes.ts";
import { compileClasses, type UserClass } from "../../../worker/user/user-class.ts";

/** A user class of which one user is tried, and the positions of the tasks that the user runs, in the order of the test. */
export interface ChosenClass {
  readonly userClass: UserClass;
  readonly scenario: string;
  readonly tasks: readonly number[];
}

/**
 * Chooses the classes and tasks to try: every class that has users in the profile, and all its tasks with a weight above 0.
 * `taskNames` chooses tasks by name, whatever their weight, and the classes that have them.
 * @throws ConfigurationError for an unknown task, or if no task is chosen
 */
export function chooseTasks({ test, resolved }: LoadedTest, taskNames: readonly string[]): ChosenClass[] {
  const compiled = compileClasses(test, resolved.profile);
  const known = [...new Set(compiled.flatMap(({ tasks }) => tasks.map(({ name }) => name)))];
  for (const name of taskNames) if (!known.includes(name)) throw unknownName("task", name, known);
  const chosen = compiled.flatMap((userClass, position): ChosenClass[] => {
    const scenario = resolved.scenarios.find(({ classes }) => {
      const share = classes[position];
      return share !== undefined && (share.weight > 0 || (share.fixedCount ?? 0) > 0);
    });
    if (scenario === undefined) return [];
    const user = test.users[position];
    const ofClass = user === undefined ? [] : classTasks(user);
    const tasks = userClass.tasks.flatMap(({ name }, task) =>
      (taskNames.length === 0 ? ofClass[task]?.isUsed === true : taskNames.includes(name)) ? [task] : [],
    );
    return tasks.length === 0 ? [] : [{ userClass, scenario: scenario.name, tasks }];
  });
  if (chosen.length > 0) return chosen;
  throw new ConfigurationError(`no class of this profile has the task ${taskNames.join(", ")}; name its class too`);
}
