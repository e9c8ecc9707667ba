import * as z from "zod";
import type { RequestedAnalyses } from "../../analysis/run-analyses.ts";
import type { Cost } from "../../core/plan/cost.ts";
import { lossPolicies, strainPolicies } from "../../core/run.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import { defaultStallMs } from "../../stats/health-sample.ts";

/** The facts of a run that are known before it begins, stored as JSON so that its reports need nothing else. */
export const runFacts = z.object({
  musterVersion: z.string(),
  seed: z.int(),
  onWorkerStrain: z.enum(strainPolicies).default("invalid"),
  onWorkerLoss: z.enum(lossPolicies).default("rebalance"),
  /** The shortest standstill of a worker that counts as a stall. */
  stallLimitMs: z.number().default(defaultStallMs),
  /** The command line as typed, without secrets; null if the run was not started by a command. */
  command: z.string().nullable(),
  machine: z.object({
    hostName: z.string(),
    system: z.string(),
    nodeVersion: z.string(),
    cpuModel: z.string(),
    cpus: z.int(),
    memoryBytes: z.number(),
  }),
  /** What made connections accept any certificate of the service: "--insecure", "the test", or classes of the test. */
  unverified: z.array(z.string()).default([]),
  thresholds: z.array(z.custom<Threshold>()),
  /** The requested analyses, which also affect the verdict; null in runs from before this field existed. */
  asked: z.custom<RequestedAnalyses>().nullable().default(null),
  /** The budget for requests; null without one. */
  cost: z.custom<Cost>().nullable().default(null),
  /** See `PlanColumns`. */
  plan: z.object({
    atMs: z.array(z.number()),
    users: z.array(z.number()).nullable(),
    ratePerSecond: z.array(z.number()).nullable(),
  }),
  /** The plan of each scenario that has one, in the order of the scenarios. Empty in older runs, and for a capacity search. */
  plans: z
    .array(
      z.object({
        scenario: z.string(),
        kind: z.enum(["closed", "open", "iterations"]),
        points: z.array(z.object({ atMs: z.number(), value: z.number() })),
        /** The duration of the plan; null if it has no end. */
        durationMs: z.number().nullable(),
      }),
    )
    .default([]),
  /** The end of the planned ramp, in ms; before it, the health of the workers does not count. Null in older runs. */
  steadyFromMs: z.number().nullable().default(null),
  classes: z.array(
    z.object({
      scenario: z.string(),
      name: z.string(),
      share: z.number(),
      tasks: z.array(z.object({ name: z.string(), share: z.number() })),
    }),
  ),
});

export type RunFacts = z.infer<typeof runFacts>;
