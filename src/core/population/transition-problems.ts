import { nearestName } from "../nearest.ts";

/** The target of a transition that leaves the task set. */
export const leaveTarget = "leave";

/** For each task, the weights of those that may follow it. */
export type Transitions = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface TransitionProblem {
  /** The path of the problem, from the task set on. */
  readonly path: string[];
  readonly message: string;
}

interface Chain {
  readonly names: readonly string[];
  readonly transitions: Transitions;
  /** The first task; default: the first of `names`. */
  readonly start: string | undefined;
  /** Whether the chain can be left; the chain of a class cannot. */
  readonly isSet: boolean;
}

/**
 * Lists the problems of the transitions of a Markov chain: all unknown tasks. If there are none, all dead ends; if there
 * are none, all tasks that can never run.
 */
export function transitionProblems(chain: Chain): TransitionProblem[] {
  for (const find of [unknownTasks, deadEnds, unreachable]) {
    const problems = find(chain);
    if (problems.length > 0) return problems;
  }
  return [];
}

function unknownTasks({ names, transitions, start, isSet }: Chain): TransitionProblem[] {
  const targets = Object.entries(transitions).flatMap(([from, weights]) =>
    Object.keys(weights)
      .filter((to) => to !== leaveTarget || !isSet)
      .map((to) => ["transitions", from, to]),
  );
  const written = [
    ...(start === undefined ? [] : [["start", start]]),
    ...Object.keys(transitions).map((from) => ["transitions", from]),
    ...targets,
  ];
  return written.flatMap((place) => {
    const name = place.at(-1) ?? "";
    if (names.includes(name)) return [];
    const path = place[0] === "start" ? ["start"] : place;
    if (name === leaveTarget) return [{ path, message: "only a task set can be left; vu.stop() ends the user" }];
    const near = nearestName(name, names);
    const hint = near === undefined ? `the tasks are ${names.join(", ")}` : `did you mean "${near}"?`;
    return [{ path, message: `there is no task ${JSON.stringify(name)}; ${hint}` }];
  });
}

function deadEnds({ names, transitions, isSet }: Chain): TransitionProblem[] {
  const example = isSet ? `{ ${leaveTarget}: 1 }` : `{ ${JSON.stringify(names[0])}: 1 }`;
  return names
    .filter((name) => followersOf(name, transitions).length === 0)
    .map((name) => ({
      path: ["transitions", name],
      message: `${JSON.stringify(name)} is a dead end: no task may follow it; write transitions such as ${example}`,
    }));
}

function unreachable({ names, transitions, start = names[0] ?? "" }: Chain): TransitionProblem[] {
  const reached = new Set([start]);
  for (const name of reached) for (const to of followersOf(name, transitions)) reached.add(to);
  return names
    .filter((name) => !reached.has(name))
    .map((name) => ({
      path: ["tasks", name],
      message: `${JSON.stringify(name)} can never run: no transitions lead to it from ${JSON.stringify(start)}, the first task`,
    }));
}

function followersOf(from: string, transitions: Transitions): string[] {
  const targets = Object.hasOwn(transitions, from) ? (transitions[from] ?? {}) : {};
  return Object.entries(targets).flatMap(([to, weight]) => (weight > 0 ? [to] : []));
}
