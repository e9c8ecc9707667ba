import { randomInt } from "node:crypto";
import * as z from "zod";
import { ConfigurationError } from "../core/errors.ts";
import { lossPolicies, strainPolicies } from "../core/run.ts";
import { engineNames } from "../protocol/master-messages.ts";
import { parseHost, shownHost } from "../scenario/definition/host.ts";
import type { LocatedFile } from "../scenario/files/test-files.ts";
import { defaultStallMs } from "../stats/health-sample.ts";
import type { LoadedTest } from "./load-test.ts";
import type { RunRequest } from "./run-request.ts";

/** The options of a run that are stored with it, so that a master that resumes the run needs only its id. */
export const runSpecification = z.strictObject({
  classNames: z.array(z.string()),
  /** The folder of the test file, from which a resumed run reads its files. Absent in runs of older versions. */
  testFolder: z.string().exactOptional(),
  users: z.number().exactOptional(),
  spawnRate: z.number().exactOptional(),
  runTime: z.number().exactOptional(),
  /** The host, without user and password. */
  host: z.string().exactOptional(),
  /** Present if the host was given with a user or a password, which are not stored. */
  hostHasCredentials: z.literal(true).exactOptional(),
  insecure: z.boolean().exactOptional(),
  connectTo: z.record(z.string(), z.array(z.string())).exactOptional(),
  allowHost: z.array(z.string()).exactOptional(),
  isHostRequested: z.boolean().exactOptional(),
  profile: z.string().exactOptional(),
  rate: z.number().exactOptional(),
  maxRequests: z.int().positive().exactOptional(),
  maxRequestsPerSecond: z.number().positive().exactOptional(),
  traceSample: z.number().min(0).max(1).exactOptional(),
  maxDuration: z.number().positive().exactOptional(),
  costPerRequest: z.number().positive().exactOptional(),
  maxCost: z.number().positive().exactOptional(),
  equalWeights: z.boolean().exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  excludeTags: z.array(z.string()).exactOptional(),
  target: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  /** The SHA-256 of each file that the test sends, by path; absent if it sends none. */
  fileHashes: z.record(z.string(), z.string()).exactOptional(),
  classShares: z.record(z.string(), z.union([z.number(), z.strictObject({ fixedCount: z.number() })])).exactOptional(),
  seed: z.int(),
  engine: z.enum(engineNames),
  expectWorkers: z.int(),
  expectWorkersMaxWaitMs: z.number(),
  stopTimeoutMs: z.number(),
  workerTimeoutMs: z.number(),
  orphanTimeoutMs: z.number(),
  stallLimitMs: z.number().default(defaultStallMs),
  onWorkerLoss: z.enum(lossPolicies),
  minWorkers: z.int(),
  onWorkerStrain: z.enum(strainPolicies),
});

export type RunSpecification = z.infer<typeof runSpecification>;

/** Returns the specification of a new run. */
export function specificationOf(
  { options, expectWorkers, expectWorkersMaxWaitMs }: RunRequest,
  { classNames, bundle, files }: Pick<LoadedTest, "classNames" | "bundle" | "files">,
): RunSpecification {
  const { users, spawnRate, runTime, profile, rate, equalWeights, target, classShares } = options;
  const { tags, excludeTags, insecure, connectTo, allowHost, isHostRequested } = options;
  const { maxRequests, maxRequestsPerSecond, traceSample, maxDuration, costPerRequest, maxCost } = options;
  const given = {
    users,
    spawnRate,
    runTime,
    ...keptHost(options.host),
    insecure,
    connectTo,
    allowHost,
    isHostRequested,
    profile,
    rate,
    maxRequests,
    maxRequestsPerSecond,
    traceSample,
    maxDuration,
    costPerRequest,
    maxCost,
    equalWeights,
    target,
    classShares,
    tags,
    excludeTags,
    fileHashes: files.length === 0 ? undefined : hashesOf(files),
  };
  return runSpecification.parse({
    classNames,
    testFolder: bundle.folder,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    seed: options.seed ?? randomInt(2 ** 31),
    engine: options.engine,
    expectWorkers,
    expectWorkersMaxWaitMs,
    stopTimeoutMs: options.stopTimeout,
    workerTimeoutMs: options.workerTimeout,
    orphanTimeoutMs: options.orphanTimeout,
    stallLimitMs: options.stallLimit,
    onWorkerLoss: options.onWorkerLoss,
    minWorkers: options.minWorkers,
    onWorkerStrain: options.onWorkerStrain,
  });
}

function hashesOf(files: readonly LocatedFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
}

/**
 * Requires that the files of a resumed run have not changed: workers that join it must send the same content.
 * @throws ConfigurationError that names the file that has changed
 */
export function requireSameFiles(id: string, { fileHashes }: RunSpecification, found: readonly LocatedFile[]): void {
  const changed = found.find(({ path, sha256 }) => fileHashes?.[path] !== sha256);
  if (changed === undefined) return;
  throw new ConfigurationError(
    `--resume ${id}: ${changed.location} has changed since the run began: restore it, or start a new run`,
  );
}

/** Removes the password of a host, which must not be in the store. */
function keptHost(host: string | undefined): Pick<RunSpecification, "host" | "hostHasCredentials"> {
  if (host === undefined) return {};
  const base = parseHost(host);
  return base.authorization === null ? { host } : { host: shownHost(base), hostHasCredentials: true };
}

/**
 * Returns the host of a resumed run, with the user and password that were given again.
 * @throws ConfigurationError when they were not given, or the host differs
 */
export function hostWithCredentials(id: string, { host }: RunSpecification, given: string | undefined): string {
  if (given !== undefined && keptHost(given).hostHasCredentials && keptHost(given).host === host) return given;
  throw new ConfigurationError(
    `--resume ${id}: the store does not keep the user and password of the host: give --host (or MUSTER_HOST) again, as ${host} with both`,
  );
}
