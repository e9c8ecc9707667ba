import * as z from "zod";
import { parseDuration } from "../../core/duration.ts";
import { groupSeparator } from "../../core/group-path.ts";
import {
  leaveTarget,
  type TransitionProblem,
  type Transitions,
  transitionProblems,
} from "../../core/population/transition-problems.ts";
import { longestName } from "../../core/size-limits.ts";
import { classTasks, type TaskOwner } from "../definition/tasks.ts";
import { code, durationSchema, nameSchema } from "./load-schema.ts";
import { eitherOf } from "./unknown-field.ts";

/* The shapes of tasks and task sets, and how they may follow each other. */

export const weight = z.number().nonnegative();
export const taskTags = z.array(nameSchema).optional();
const rounds = z
  .int({ error: "expected a whole number of 1 or more" })
  .positive("expected a whole number of 1 or more");
const mostDepth = 10;

/** Whether `shortest` <= `longest`; true if one of the two is not a duration, which is refused elsewhere. */
function isAscending({ shortest, longest }: { shortest: string; longest: string }): boolean {
  if (!durationSchema.safeParse(shortest).success || !durationSchema.safeParse(longest).success) return true;
  return parseDuration(shortest) <= parseDuration(longest);
}

export const pause = z.union(
  [
    z.strictObject({ kind: z.literal("constant"), duration: durationSchema }),
    z
      .strictObject({ kind: z.literal("between"), shortest: durationSchema, longest: durationSchema })
      .refine(isAscending, "the shortest pause is longer than the longest"),
    z.strictObject({ kind: z.literal("exponential"), mean: durationSchema }),
    z.strictObject({ kind: z.literal("pacing"), every: durationSchema }),
    z.strictObject({ kind: z.literal("throughput"), perSecond: z.number().positive() }),
    code,
  ],
  { error: 'expected a pause such as between("1s", "3s"), the shorter one first' },
);

const rules = { weight: weight.optional(), tags: taskTags, once: z.boolean().optional() };
const taskObject = z.strictObject({
  ...rules,
  repeat: z
    .unknown()
    .refine((value) => value !== "forever", '"forever" is for task sets; a task is repeated a number of times')
    .pipe(rounds)
    .optional(),
  run: code,
});

/** How the tasks of a class or a task set follow one another. */
export const taskOrder = {
  order: z.enum(["random", "sequential"]).optional(),
  transitions: z.record(z.string(), z.record(z.string(), weight)).optional(),
  start: z.string().optional(),
};

const task = eitherOf((value) => {
  if (typeof value === "function") return code;
  return typeof value === "object" && value !== null && "tasks" in value ? taskSet : taskObject;
});

const setNames = nameSchema.refine(
  (name) => !name.includes(groupSeparator),
  `a name in a task set cannot contain ${groupSeparator}`,
);

export const tasks = z
  .unknown()
  .refine((value) => depthOf(value) <= mostDepth, {
    error: `task sets can be nested ${mostDepth} deep`,
    abort: true,
  })
  .pipe(
    z.record(nameSchema, task).refine((all) => Object.keys(all).length > 0, "a user class needs at least one task"),
  );

const taskSet: z.ZodType = z
  .strictObject({
    ...rules,
    ...taskOrder,
    pause: pause.optional(),
    repeat: eitherOf((value) =>
      typeof value === "string" ? z.literal("forever", 'expected a whole number of 1 or more, or "forever"') : rounds,
    ).optional(),
    tasks: z.record(setNames, task).refine((all) => Object.keys(all).length > 0, "a task set needs at least one task"),
  })
  .superRefine((set, context) => {
    for (const problem of orderProblems(set as OrderedTasks, true)) context.addIssue({ code: "custom", ...problem });
  });

export interface OrderedTasks {
  readonly order?: string;
  readonly transitions?: Transitions;
  readonly start?: string;
  readonly tasks: Readonly<Record<string, unknown>>;
}

/** Returns what is wrong with the tasks of a class, apart from the shape of each task. */
export function taskProblems(owner: OrderedTasks): TransitionProblem[] {
  const long = classTasks(owner as TaskOwner).find(({ name }) => name.length > longestName);
  if (long === undefined) return orderProblems(owner, false);
  const [first = ""] = long.name.split(groupSeparator);
  const message = `the path of a task has ${long.name.length} characters; at most ${longestName} are possible`;
  return [{ path: ["tasks", first], message }];
}

/** Returns what is wrong with the order of the tasks of a class, or of a task set. */
function orderProblems(owner: OrderedTasks, isSet: boolean): TransitionProblem[] {
  const { order, transitions, start, tasks: given } = owner;
  if (transitions === undefined) {
    if (start !== undefined)
      return [{ path: ["start"], message: "start is the first task of transitions, and there are none" }];
    const isEmpty =
      Object.keys(given).length === 0 || Object.values(given).some((one) => fieldOf(one, "weight", 1) !== 0);
    return isEmpty ? [] : [{ path: ["tasks"], message: "every task has weight 0" }];
  }
  if (order !== undefined)
    return [{ path: ["order"], message: "transitions decide the order: leave out one of the two" }];
  const problems = transitionProblems({ names: Object.keys(given), transitions, start, isSet });
  return problems.length > 0 ? problems : ruleProblems(given, isSet);
}

/** Returns a problem for each field that would contradict the transitions. */
function ruleProblems(given: OrderedTasks["tasks"], isSet: boolean): TransitionProblem[] {
  const problems = Object.entries(given).flatMap(([name, one]) =>
    ["weight", "once"].flatMap((field) =>
      fieldOf(one, field, undefined) === undefined
        ? []
        : [
            {
              path: ["tasks", name, field],
              message: `among transitions, a task has no ${field}: the transitions decide`,
            },
          ],
    ),
  );
  if (!isSet || !Object.hasOwn(given, leaveTarget)) return problems;
  const message = `in transitions, "${leaveTarget}" leaves the task set: give the task another name`;
  return [...problems, { path: ["tasks", leaveTarget], message }];
}

function fieldOf(value: unknown, field: string, otherwise: unknown): unknown {
  if (typeof value !== "object" || value === null || !(field in value)) return otherwise;
  return (value as Record<string, unknown>)[field];
}

/** Returns how deep task sets are nested; more than the limit for task sets that contain themselves. */
function depthOf(value: unknown, depth = 0): number {
  if (depth > mostDepth || typeof value !== "object" || value === null) return depth;
  const inner = Object.values(value).map((one) => {
    const set = fieldOf(one, "tasks", undefined);
    return set === undefined ? depth : depthOf(set, depth + 1);
  });
  return Math.max(depth, ...inner);
}
