import * as z from "zod";
import { parseDuration } from "../../core/duration.ts";
import { longestName, mostStages } from "../../core/size-limits.ts";

/* The shapes of the loads in a test file. */

export const code = z.custom<(...parameters: never[]) => unknown>(
  (value) => typeof value === "function",
  "expected a function",
);
/** A name that workers send in their reports. */
export const nameSchema = z
  .string()
  .min(1)
  .refine((name) => name.length <= longestName, {
    error: ({ input }) => `a name has ${String(input).length} characters; at most ${longestName} are possible`,
  });
export const userCount = z.int().nonnegative();

/** A duration remains a string until the run is resolved. It is validated here so that the message can name the field. */
export const durationSchema = z.string().superRefine((text, context) => {
  try {
    parseDuration(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

/** Whether a duration is longer than zero; true for a text that is not a duration, which is refused elsewhere. */
export function isLongerThanZero(text: string): boolean {
  return !durationSchema.safeParse(text).success || parseDuration(text) > 0;
}

export const targets = z.strictObject({
  p50: durationSchema.optional(),
  p95: durationSchema.optional(),
  p99: durationSchema.optional(),
  errorRate: z.string().optional(),
  requestsPerSecond: z.number().positive().optional(),
  concurrentUsers: z.number().nonnegative().optional(),
});

const rate = z.number().nonnegative();
const stages = z
  .array(z.strictObject({ duration: durationSchema, target: z.number().nonnegative() }))
  .nonempty()
  .max(mostStages, {
    error: ({ input }) => `${(input as unknown[]).length} stages; at most ${mostStages} are possible`,
  });
const openOptions = {
  per: durationSchema.refine(isLongerThanZero, "a rate needs a time longer than zero, such as 1m").optional(),
  maxUsers: z.int().positive().optional(),
  whenBusy: z.enum(["queue", "drop"]).optional(),
  arrivals: z.enum(["even", "poisson"]).optional(),
};

const spikeTimes = {
  hold: durationSchema,
  rise: durationSchema.optional(),
  fall: durationSchema.optional(),
  before: durationSchema.optional(),
  after: durationSchema.optional(),
  spikes: z.int().positive().max(20).optional(),
  timeScale: z.number().positive().max(1).optional(),
};

const searchOptions = {
  slo: targets.optional(),
  deadline: durationSchema.optional(),
  timeScale: z.number().positive().max(1).optional(),
};

export const load = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("closed"),
      users: userCount,
      spawnRate: z.number().positive(),
      duration: durationSchema,
    }),
    z.strictObject({ kind: z.literal("closed-stages"), stages, startUsers: userCount }),
    z.strictObject({
      kind: z.literal("open"),
      rate: z.number().nonnegative(),
      duration: durationSchema,
      ...openOptions,
    }),
    z.strictObject({ kind: z.literal("open-stages"), stages, startRate: z.number().nonnegative(), ...openOptions }),
    z
      .strictObject({
        kind: z.literal("iterations"),
        users: z.int().positive(),
        total: z.int().positive().optional(),
        perUser: z.int().positive().optional(),
        maxDuration: durationSchema,
      })
      .refine((value) => (value.total === undefined) !== (value.perUser === undefined), "give total or perUser"),
    z.strictObject({ kind: z.literal("shape"), shape: code }),
    z.strictObject({ kind: z.literal("spike"), base: rate, peak: rate, ...openOptions, ...spikeTimes }),
    z.strictObject({
      kind: z.literal("spike-users"),
      users: z.strictObject({ base: userCount, peak: userCount }),
      ...spikeTimes,
    }),
    z.strictObject({
      kind: z.literal("capacity"),
      start: z.number().positive(),
      max: z.number().positive(),
      atLeast: z.number().positive().optional(),
      per: openOptions.per,
      maxUsers: openOptions.maxUsers,
      ...searchOptions,
    }),
    z.strictObject({
      kind: z.literal("capacity-users"),
      users: z.strictObject({
        start: z.int().positive(),
        max: z.int().positive(),
        spawnRate: z.number().positive().optional(),
      }),
      ...searchOptions,
    }),
  ],
  { error: 'expected a load such as closed({ users: 50, spawnRate: 5, duration: "5m" })' },
);
