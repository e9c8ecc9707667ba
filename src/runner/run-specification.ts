import * as z from "zod";
import { lossPolicies, strainPolicies } from "../core/run.ts";
import { engineNames } from "../protocol/master-messages.ts";

/** All that decides a run beside its test file: kept with it, so that a restarted master needs to be told nothing. */
export const runSpecification = z.strictObject({
  classNames: z.array(z.string()),
  users: z.number().exactOptional(),
  spawnRate: z.number().exactOptional(),
  runTime: z.number().exactOptional(),
  /** Without the user and the password that it may have been given with. */
  host: z.string().exactOptional(),
  /** The host was given with a user or a password, which are not kept. */
  hostHasCredentials: z.literal(true).exactOptional(),
  profile: z.string().exactOptional(),
  rate: z.number().exactOptional(),
  equalWeights: z.boolean().exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  excludeTags: z.array(z.string()).exactOptional(),
  target: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  classShares: z.record(z.string(), z.union([z.number(), z.strictObject({ fixedCount: z.number() })])).exactOptional(),
  seed: z.int(),
  engine: z.enum(engineNames),
  expectWorkers: z.int(),
  expectWorkersMaxWaitMs: z.number(),
  stopTimeoutMs: z.number(),
  workerTimeoutMs: z.number(),
  orphanTimeoutMs: z.number(),
  onWorkerLoss: z.enum(lossPolicies),
  minWorkers: z.int(),
  onWorkerStrain: z.enum(strainPolicies),
});

export type RunSpecification = z.infer<typeof runSpecification>;
