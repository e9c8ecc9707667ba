import { z } from "@hono/zod-openapi";
import { runPhases } from "../core/run.ts";
import { problemSchema } from "./problem.ts";

/* The shapes of requests and answers, as the OpenAPI document shows them. Requests are strict: an unknown field is refused. */

const share = z.union([z.number().nonnegative(), z.strictObject({ fixedCount: z.int().nonnegative() })]);

export const startForm = z
  .strictObject({
    profile: z.string().min(1).exactOptional(),
    users: z.int().nonnegative().max(1_000_000).exactOptional(),
    spawnRate: z.number().positive().exactOptional(),
    ratePerSecond: z.number().positive().exactOptional(),
    durationMs: z.int().positive().exactOptional(),
    host: z.string().min(1).exactOptional(),
    classes: z.record(z.string(), share).exactOptional(),
  })
  .openapi("StartForm");

export const stopForm = z.strictObject({ mode: z.enum(["gently", "at-once"]) }).openapi("StopForm");

export const loadForm = z
  .strictObject({
    users: z.int().nonnegative().max(1_000_000).exactOptional(),
    ratePerSecond: z.number().nonnegative().exactOptional(),
    /** How long it takes to get there; without it, as fast as the spawn rate of the plan allows, and a rate at once. */
    overMs: z.int().nonnegative().exactOptional(),
    /** Of several scenarios, which one; without it, the first that fits. */
    scenario: z.string().exactOptional(),
  })
  .refine(
    ({ users, ratePerSecond }) => (users === undefined) !== (ratePerSecond === undefined),
    "give users or ratePerSecond",
  )
  .openapi("LoadForm");

const liveSearch = z.strictObject({
  now: z.string().nullable(),
  known: z.string().nullable(),
  trials: z
    .array(z.strictObject({ number: z.int(), outcome: z.enum(["passed", "failed", "invalid"]), text: z.string() }))
    .readonly(),
});

export const liveStateSchema = z
  .strictObject({
    runId: z.string().nullable(),
    state: z.enum(["ready", "starting", "running", "paused", "stopping", "finished"]),
    phase: z.enum(runPhases).nullable(),
    elapsedMs: z.int(),
    durationMs: z.int().nullable(),
    users: z.int(),
    workers: z.strictObject({ connected: z.int(), expected: z.int() }),
    search: liveSearch.nullable(),
    canStart: z.boolean(),
  })
  .openapi("LiveState");

const classChoice = z.strictObject({ name: z.string(), weight: z.number(), fixedCount: z.int().nullable() });

const profile = z.strictObject({
  name: z.string(),
  kind: z.string(),
  users: z.number().nullable(),
  spawnRate: z.number().nullable(),
  ratePerSecond: z.number().nullable(),
  durationMs: z.number().nullable(),
  classes: z.array(classChoice).readonly(),
});

export const sessionSchema = liveStateSchema
  .extend({
    version: z.string(),
    test: z.string(),
    host: z.string().nullable(),
    profile: z.string(),
    profiles: z.array(profile).readonly(),
  })
  .openapi("Session");

const classFacts = z.strictObject({
  scenario: z.string(),
  name: z.string(),
  share: z.number(),
  tasks: z.array(z.strictObject({ name: z.string(), share: z.number() })).readonly(),
});

export const planSchema = z
  .strictObject({
    profile: z.string(),
    host: z.string(),
    durationMs: z.number().nullable(),
    peakUsers: z.number().nullable(),
    peakRatePerSecond: z.number().nullable(),
    plan: z.strictObject({
      atMs: z.array(z.number()).readonly(),
      users: z.array(z.number()).readonly().nullable(),
      ratePerSecond: z.array(z.number()).readonly().nullable(),
    }),
    classes: z.array(classFacts).readonly(),
    thresholds: z.array(z.string()).readonly(),
    search: z.string().nullable(),
  })
  .openapi("PlanPreview");

export const workerSchema = z
  .looseObject({
    number: z.int().nullable(),
    id: z.string(),
    host: z.string(),
    pid: z.int(),
    state: z.string(),
    lostBecause: z.string().nullable(),
    users: z.int(),
    requests: z.int(),
    requestsPerSecond: z.number(),
    blockedMs: z.number(),
    startSkewMs: z.number().nullable(),
    clockOffsetMs: z.number().nullable(),
    silentMs: z.number(),
    health: z.looseObject({ utilisation: z.number(), cpu: z.number(), rssBytes: z.number() }).nullable(),
  })
  .openapi("Worker");

export const logLine = z
  .strictObject({ at: z.number(), level: z.string(), node: z.string(), message: z.string() })
  .openapi("LogLine");

export const runRow = z
  .strictObject({
    id: z.string(),
    name: z.string().nullable(),
    tags: z.array(z.string()),
    test: z.string(),
    profile: z.string(),
    host: z.string(),
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    state: z.string(),
    verdict: z.string().nullable(),
    durationMs: z.number().nullable(),
    users: z.int().nullable(),
    workers: z.int().nullable(),
    requests: z.int().nullable(),
    failures: z.int().nullable(),
    requestsPerSecond: z.number().nullable(),
    p95Ms: z.number().nullable(),
  })
  .openapi("Run");

export const runParams = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: "id", in: "path" }, example: "20261125-170912-3fa9" }),
});

/** An answer of JSON. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

const problemContent = { "application/problem+json": { schema: problemSchema.openapi("Problem") } };

export const refused = {
  400: { description: "the request is not as it has to be", content: problemContent },
  403: { description: "another site's page may not change anything", content: problemContent },
} as const;
export const notFound = { 404: { description: "there is no such thing", content: problemContent } } as const;
export const conflict = { 409: { description: "not now", content: problemContent } } as const;
export const unfit = { 422: { description: "it does not fit the test", content: problemContent } } as const;
