import * as z from "zod";
import type { ClassFacts } from "../../report/page/model.ts";
import { liveStateSchema, planColumnsSchema } from "./live.ts";

/* The test of a master, and the form that starts a run of it. */

const share = z.union([z.number().nonnegative(), z.strictObject({ fixedCount: z.int().nonnegative() })]);

/** The settings of a run. Settings that are left out come from the profile. */
export const startFormSchema = z.strictObject({
  profile: z.string().min(1).exactOptional(),
  users: z.int().nonnegative().max(1_000_000).exactOptional(),
  /** The spawn rate in users per second. */
  spawnRate: z.number().positive().exactOptional(),
  /** The arrival rate in iterations per second; makes the load an open one. */
  ratePerSecond: z.number().positive().exactOptional(),
  durationMs: z.int().positive().exactOptional(),
  host: z.string().min(1).exactOptional(),
  /** Weights or fixed counts by class, which override those of the profile. 0 excludes a class. */
  classes: z.record(z.string(), share).exactOptional(),
});
export type StartForm = z.infer<typeof startFormSchema>;

/** The response to the start of a run: its id. */
export const startAnswerSchema = z.strictObject({ id: z.string() });
export type StartAnswer = z.infer<typeof startAnswerSchema>;

const classChoiceSchema = z.strictObject({ name: z.string(), weight: z.number(), fixedCount: z.int().nullable() });
export type ClassChoice = z.infer<typeof classChoiceSchema>;

const profileFactsSchema = z.strictObject({
  name: z.string(),
  /** The kind of its load; "several" for more than one scenario. */
  kind: z.string(),
  /** The peak of planned users; null for a shape and for an open load. */
  users: z.number().nullable(),
  /** The spawn rate in users per second; null unless the load starts users evenly. */
  spawnRate: z.number().nullable(),
  /** The peak of the arrival rate; null without an open load. */
  ratePerSecond: z.number().nullable(),
  /** The duration; null if it is not known. */
  durationMs: z.number().nullable(),
  /** The classes in the order of the test. */
  classes: z.array(classChoiceSchema).readonly(),
});
export type ProfileFacts = z.infer<typeof profileFactsSchema>;

const testFactsSchema = z.strictObject({
  test: z.string(),
  /** The host of the test; null if it has none. */
  host: z.string().nullable(),
  /** The profile that a run has by default. */
  profile: z.string(),
  profiles: z.array(profileFactsSchema).readonly(),
});
/** The test of a master. */
export type TestFacts = z.infer<typeof testFactsSchema>;

/** The state of the master, and its test. */
export const sessionSchema = liveStateSchema.extend({
  version: z.string(),
  /** The role of the request's token, and whether the request was authorized by the cookie of a login. */
  visitor: z.strictObject({ role: z.enum(["look", "steer", "start"]), isLoggedIn: z.boolean() }),
  ...testFactsSchema.shape,
});
export type Session = z.infer<typeof sessionSchema>;

const classFactsSchema = z.strictObject({
  scenario: z.string(),
  name: z.string(),
  share: z.number(),
  tasks: z.array(z.strictObject({ name: z.string(), share: z.number() })).readonly(),
}) satisfies z.ZodType<ClassFacts>;

/** The plan of a run that has not been started. */
export const planPreviewSchema = z.strictObject({
  profile: z.string(),
  host: z.string(),
  durationMs: z.number().nullable(),
  peakUsers: z.number().nullable(),
  peakRatePerSecond: z.number().nullable(),
  plan: planColumnsSchema,
  classes: z.array(classFactsSchema).readonly(),
  /** The thresholds of the run; in a capacity search, of each trial. */
  thresholds: z.array(z.string()).readonly(),
  /** What a capacity search will try, because its load is not known in advance; null for any other load. */
  search: z.string().nullable(),
});
export type PlanPreview = z.infer<typeof planPreviewSchema>;
