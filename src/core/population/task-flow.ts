import type { TaskOrder } from "./task-choice.ts";

/** The order in which the tasks of a class, or of a task set, run. */
export interface TaskFlow {
  /** `markov`: each task decides by its transitions which one follows. */
  readonly order: TaskOrder | "markov";
  readonly members: readonly FlowMember[];
  /**
   * The length of a visit to the flow: the number of tasks in random order, otherwise the number of rounds. Infinity:
   * until the test leaves the flow.
   */
  readonly repeat: number;
  /** In the order `markov`: the position of the first member. */
  readonly start: number;
  /** In the order `markov`, by member: the weight of each member as the next one, and last that of leaving the flow. */
  readonly transitions: readonly (readonly number[])[];
}

/** A task, or a task set, in a flow. */
export interface FlowMember {
  /** The weight, 0 or more; a member of weight 0 never runs, except in the order `markov`. */
  readonly weight: number;
  /** Whether each user runs the member at most once. */
  readonly once: boolean;
  /** How often a task runs each time that it is chosen. Task sets have a `repeat` of their own. */
  readonly repeat: number;
  /** The position of the task among all tasks of the class; or the flow of a task set. */
  readonly runs: number | TaskFlow;
}

/** Whether only the weights or the order of the tasks matter: then the flow needs only `createTaskPicker`. */
export function isPlain({ order, members }: TaskFlow): boolean {
  return (
    order !== "markov" && members.every(({ runs, once, repeat }) => typeof runs === "number" && !once && repeat === 1)
  );
}

/** The number of steps of a chain that are averaged: enough for three digits of each share. */
const averagedSteps = 2_000;
/** The maximum number of multiplications for a chain: a chain of hundreds of tasks is averaged over fewer steps. */
const mostMultiplications = 2e7;

/**
 * The expected share of each task in the executions of a class, 0..1. The share of a task that each user runs once is 0;
 * of a flow that only the test ends, one round counts.
 * @param count the number of tasks
 */
export function taskShares(flow: TaskFlow, count: number): number[] {
  const shares = new Array<number>(count).fill(0);
  addVisits(flow, 1, shares);
  const sum = shares.reduce((total, share) => total + share, 0);
  return sum === 0 ? shares : shares.map((share) => share / sum);
}

/** Adds the expected executions of each task in `visits` visits of the flow. */
function addVisits(flow: TaskFlow, visits: number, to: number[]): void {
  const rounds = visits * (Number.isFinite(flow.repeat) ? flow.repeat : 1);
  const expected = expectedVisits(flow);
  for (const [position, { runs, once, repeat }] of flow.members.entries()) {
    const times = once ? 0 : rounds * (expected[position] ?? 0);
    if (typeof runs !== "number") addVisits(runs, times, to);
    else to[runs] = (to[runs] ?? 0) + times * repeat;
  }
}

/** The expected visits of each member in one round. */
function expectedVisits({ order, members, start, transitions }: TaskFlow): number[] {
  if (order === "sequential") return members.map(({ weight }) => (weight > 0 ? 1 : 0));
  if (order === "random") {
    const largest = Math.max(...members.map(({ weight }) => weight));
    const sum = members.reduce((total, { weight }) => total + weight / largest, 0);
    return members.map(({ weight }) => weight / largest / sum);
  }
  return chainVisits(start, transitions);
}

/**
 * The visits of each state of a Markov chain per round, from its start until it is left: the mean of many steps of its
 * distribution, in which leaving leads back to the start. The mean converges for a periodic chain, too.
 */
function chainVisits(start: number, transitions: readonly (readonly number[])[]): number[] {
  const chances = transitions.map((row) => {
    const sum = row.reduce((total, weight) => total + weight, 0);
    return row.map((weight) => weight / sum);
  });
  let now: number[] = transitions.map((_, state) => (state === start ? 1 : 0));
  const visits = now.map(() => 0);
  let left = 0;
  const steps = Math.min(averagedSteps, mostMultiplications / now.length ** 2);
  for (let step = 0; step < steps; step++) {
    for (const [state, chance] of now.entries()) visits[state] = (visits[state] ?? 0) + chance;
    const [leaving = 0, ...next] = stepped(now, chances);
    left += leaving;
    now = next.map((chance, state) => (state === start ? chance + leaving : chance));
  }
  // A chain that is never left has one endless round.
  return visits.map((sum) => sum / Math.max(1, left));
}

/** The distribution after one step: first the chance of leaving, then that of each state. */
function stepped(now: readonly number[], chances: readonly (readonly number[])[]): number[] {
  const into = (to: number) => now.reduce((sum, chance, state) => sum + chance * (chances[state]?.[to] ?? 0), 0);
  return [into(now.length), ...now.map((_, state) => into(state))];
}
