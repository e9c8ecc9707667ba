import { randomBytes, randomInt } from "node:crypto";
import { needsWindows } from "../analysis/run-analyses.ts";
import { ConfigurationError } from "../core/errors.ts";
import type { MasterOptions } from "../master/master-options.ts";
import { restoreRun, StoredRun } from "../master/record/stored-run.ts";
import type { RunFacts } from "../report/result/run-facts.ts";
import { readEnvironment } from "../scenario/bundle/environment.ts";
import { parseHost, shownHost, shownHostText } from "../scenario/definition/host.ts";
import type { Store } from "../store/store.ts";
import { type LoadedTest, loadTest, resolveTest } from "./load-test.ts";
import { needsRecording } from "./outputs/output-files.ts";
import { factsOf } from "./run-facts.ts";
import type { LoadOptions, RunOptions } from "./run-options.ts";
import { type RunSpecification, runSpecification } from "./run-specification.ts";
import type { RunStores } from "./run-stores.ts";

/** For so long a worker looks for its master, unless it is told otherwise. */
const usualConnectTimeoutMs = 60_000;

/** A run, new or taken up again, without what this process alone decides: where it listens, what it logs. */
export interface RunDefinition extends Omit<MasterOptions, "listener" | "acceptsMoreRuns" | "log"> {
  readonly storage: StoredRun | null;
  /** Where that is. */
  readonly store: Store | null;
  /** What is known of the run before it begins. */
  readonly facts: RunFacts;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface RunRequest {
  /** The test file and the names of user classes, as on the command line. */
  readonly args: readonly string[];
  readonly options: RunOptions;
  readonly expectWorkers: number;
  readonly expectWorkersMaxWaitMs: number;
  /** The id of a run to go on with; "auto" goes on with an unfinished run of the same test and options, if there is one. */
  readonly resume: string | null;
  /** Whether there has to be a store while the process lasts, though nothing is to be kept. */
  readonly needsStore?: boolean;
  /**
   * Called with the address of the service, before anything begins.
   * @throws ConfigurationError when the workers that this process starts itself could not reach it
   */
  readonly requireReachable?: (host: string) => void;
}

/** @throws ConfigurationError or StoreError when the run cannot be as it was asked for. */
export async function defineRun(asked: RunRequest, stores: RunStores): Promise<RunDefinition> {
  if (asked.resume !== null && asked.resume !== "auto")
    return await resume(asked.resume, stores.kept, asked.options.host);
  const loaded = await loadTest(asked.args, asked.options);
  asked.requireReachable?.(loaded.resolved.host);
  const specification = specificationOf(asked, loaded);
  const unfinished = asked.resume === "auto" ? findUnfinished(stores.kept, loaded, specification) : null;
  if (unfinished !== null) return await resume(unfinished, stores.kept, asked.options.host);
  const store = stores.forRun(
    asked.needsStore === true || needsWindows(loaded.resolved) || needsRecording(asked.options),
  );
  const id = newRunId();
  const createdAt = new Date().toISOString();
  const facts = factsOf(loaded, specification, process.argv.slice(2));
  store?.createRun({
    id,
    createdAt,
    testName: loaded.testName,
    profile: loaded.resolved.profile,
    host: loaded.resolved.host,
    // What is not kept cannot be resumed.
    bundle: store === stores.kept ? loaded.bundle : { ...loaded.bundle, data: [] },
    specification,
    facts,
  });
  return { ...definitionOf(id, loaded, specification, store), facts, createdAt };
}

async function resume(id: string, store: Store | null, host: string | undefined): Promise<RunDefinition> {
  if (store === null) throw new ConfigurationError(`--resume ${id}: there is nothing to resume from with --no-store`);
  const run = store.run(id);
  if (run === undefined) throw new ConfigurationError(`--resume ${id}: ${store.path} has no such run`);
  if (run.state === "finished") throw new ConfigurationError(`--resume ${id}: that run has finished`);
  const specification = runSpecification.parse(run.specification);
  const { classNames, ...given } = specification;
  const kept = store.bundle(run.bundleHash) ?? { hash: run.bundleHash, source: "", data: [] };
  const bundle = { ...kept, fileName: run.testName };
  const secret = specification.hostHasCredentials ? { host: hostWithCredentials(id, specification, host) } : {};
  const loaded = await resolveTest(bundle, classNames, { ...given, ...secret } as LoadOptions);
  if (loaded.resolved.host !== shownHostText(run.host)) {
    throw new ConfigurationError(
      `--resume ${id}: the run is against ${run.host}, but with the present environment the test says ${loaded.resolved.host}`,
    );
  }
  return {
    ...definitionOf(id, loaded, specification, store),
    testName: run.testName,
    facts: factsOf(loaded, specification, null),
    createdAt: run.createdAt,
    restored: restoreRun(store, run, loaded.resolved.thresholds),
  };
}

/** The newest unfinished run of the same test that was asked to do the same, as long as its workers can still be there. */
function findUnfinished(store: Store | null, { bundle }: LoadedTest, wanted: RunSpecification): string | null {
  const same = JSON.stringify({ ...wanted, seed: null });
  for (const { id, bundleHash, activeAt } of store?.unfinishedRuns() ?? []) {
    const silentMs = Date.now() - new Date(activeAt ?? 0).getTime();
    if (bundleHash !== bundle.hash || silentMs > wanted.orphanTimeoutMs + usualConnectTimeoutMs) continue;
    const found = runSpecification.safeParse(store?.run(id)?.specification);
    if (found.success && JSON.stringify({ ...found.data, seed: null }) === same) return id;
  }
  return null;
}

function specificationOf({ options, ...asked }: RunRequest, { classNames }: LoadedTest): RunSpecification {
  const { users, spawnRate, runTime, profile, rate, equalWeights, target, classShares } = options;
  const { tags, excludeTags } = options;
  const given = {
    users,
    spawnRate,
    runTime,
    ...keptHost(options.host),
    profile,
    rate,
    equalWeights,
    target,
    classShares,
    tags,
    excludeTags,
  };
  return runSpecification.parse({
    classNames,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    seed: options.seed ?? randomInt(2 ** 31),
    engine: options.engine,
    expectWorkers: asked.expectWorkers,
    expectWorkersMaxWaitMs: asked.expectWorkersMaxWaitMs,
    stopTimeoutMs: options.stopTimeout,
    workerTimeoutMs: options.workerTimeout,
    orphanTimeoutMs: options.orphanTimeout,
    onWorkerLoss: options.onWorkerLoss,
    minWorkers: options.minWorkers,
    onWorkerStrain: options.onWorkerStrain,
  });
}

/** Passwords are not kept in the store. */
function keptHost(host: string | undefined): Pick<RunSpecification, "host" | "hostHasCredentials"> {
  if (host === undefined) return {};
  const base = parseHost(host);
  return base.authorization === null ? { host } : { host: shownHost(base), hostHasCredentials: true };
}

/** The host of a run that is resumed, as it is given anew. */
function hostWithCredentials(id: string, { host }: RunSpecification, given: string | undefined): string {
  if (given !== undefined && keptHost(given).hostHasCredentials && keptHost(given).host === host) return given;
  throw new ConfigurationError(
    `--resume ${id}: the host was given with a user and a password, which are not kept: give --host (or MUSTER_HOST) again, ${host} with both`,
  );
}

function definitionOf(
  runId: string,
  { bundle, test, testName, resolved }: LoadedTest,
  specification: RunSpecification,
  store: Store | null,
): Omit<RunDefinition, "facts" | "createdAt"> {
  const { seed, engine, expectWorkers, expectWorkersMaxWaitMs, stopTimeoutMs } = specification;
  const { workerTimeoutMs, orphanTimeoutMs, onWorkerLoss, minWorkers, onWorkerStrain } = specification;
  return {
    runId,
    testName,
    resolved,
    bundle,
    environment: readEnvironment(),
    hasSetup: test.setup !== undefined,
    hasTeardown: test.teardown !== undefined,
    seed,
    engine,
    expectWorkers,
    expectWorkersMaxWaitMs,
    stopTimeoutMs,
    workerTimeoutMs,
    orphanTimeoutMs,
    onWorkerLoss,
    minWorkers,
    onWorkerStrain,
    store,
    storage: store === null ? null : new StoredRun(store, runId),
    restored: null,
  };
}

/** Sorts by time and is unique enough to name files by: "20261123-182345-3fa9". */
export function newRunId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}
