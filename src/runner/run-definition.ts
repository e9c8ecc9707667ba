import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { needsWindows } from "../analysis/run-analyses.ts";
import { ConfigurationError } from "../core/errors.ts";
import type { MasterOptions } from "../master/master-options.ts";
import { hasMasterEnded, restoreRun } from "../master/record/restored-run.ts";
import { StoredRun } from "../master/record/stored-run.ts";
import type { RunFacts } from "../report/result/run-facts.ts";
import { readEnvironment } from "../scenario/bundle/environment.ts";
import { shownHostText } from "../scenario/definition/host.ts";
import type { RunHooks } from "../scenario/definition/run-hooks.ts";
import type { RunActivity, RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import { type LoadedTest, loadTest, resolveTest } from "./load-test.ts";
import { needsRecording } from "./outputs/output-files.ts";
import { secretFilesOf } from "./run-connections.ts";
import { closeDataSources, openDataSources } from "./run-data-sources.ts";
import { factsOf } from "./run-facts.ts";
import type { LoadOptions } from "./run-options.ts";
import type { RunRequest } from "./run-request.ts";
import {
  hostWithCredentials,
  type RunSpecification,
  requireSameFiles,
  runSpecification,
  specificationOf,
} from "./run-specification.ts";
import type { RunStores } from "./run-stores.ts";

/** A master that has not written to the store for this long is dead or suspended. */
const silenceMs = 2_500;

/** How long a worker tries to reach its master by default. */
const defaultConnectTimeoutMs = 60_000;

/** A new or resumed run, without the options that the process decides: where it listens for workers, and its log. */
export interface RunDefinition extends Omit<MasterOptions, "listener" | "acceptsMoreRuns" | "log"> {
  /** The hooks of the test that run on the master. */
  readonly hooks: Pick<RunHooks, "onRunStart" | "onRunEnd">;
  readonly storage: StoredRun | null;
  /** The store of the run; null when it is kept in memory only. */
  readonly store: Store | null;
  /** The facts of the run that are known before it begins. */
  readonly facts: RunFacts;
  /** The time at which the run was created, in ISO 8601. */
  readonly createdAt: string;
}

/**
 * Loads the test and defines a new run of it, or resumes a stored run.
 * @throws MusterError when the run is not possible as requested
 */
export async function defineRun(request: RunRequest, stores: RunStores): Promise<RunDefinition> {
  if (request.resume !== null && request.resume !== "auto")
    return await resume(request.resume, stores.kept, request.options.host);
  const loaded = await loadTest(request.args, request.options);
  request.requireReachable?.(loaded.resolved.host);
  const specification = specificationOf(request, loaded);
  const unfinished = request.resume === "auto" ? findUnfinished(stores.kept, loaded, specification) : null;
  if (unfinished !== null) return await resume(unfinished, stores.kept, request.options.host);
  const store = stores.forRun(
    request.needsStore === true || needsWindows(loaded.resolved) || needsRecording(request.options),
  );
  const id = newRunId();
  const definition = definitionOf(id, loaded, specification, store);
  const data = await openDataSources(loaded.bundle.hash, loaded.bundle.folder, []);
  const createdAt = new Date().toISOString();
  const facts = factsOf(loaded, specification, process.argv.slice(2));
  // Last, because a run that is in the store must begin.
  store?.createRun({
    id,
    createdAt,
    testName: loaded.testName,
    profile: loaded.resolved.profile,
    host: loaded.resolved.host,
    // A run that is not kept cannot be resumed, so its data files are not needed.
    bundle: store === stores.kept ? loaded.bundle : { ...loaded.bundle, data: [] },
    specification,
    facts,
  });
  return { ...definition, data, facts, createdAt };
}

/** Removes a new run that cannot begin. A resumed run stays in the store, and can be resumed again. */
export function withdrawRun({ runId, store, restored, data }: RunDefinition): void {
  closeDataSources(data);
  if (restored === null) store?.removeRun(runId);
}

async function resume(id: string, store: Store | null, host: string | undefined): Promise<RunDefinition> {
  if (store === null) throw new ConfigurationError(`--resume ${id}: --no-store keeps no run that could be resumed`);
  const found = requireUnfinished(store, id);
  // Done before the run is read, so that later writes of another master are noticed.
  const readAt = hasMasterEnded(found) ? store.activity(id) : await silentActivity(store, id);
  const run = requireUnfinished(store, id);
  const specification = runSpecification.parse(run.specification);
  const { classNames, ...given } = specification;
  const kept = store.bundle(run.bundleHash) ?? { hash: run.bundleHash, source: "", data: [] };
  const bundle = { ...kept, fileName: run.testName, folder: specification.testFolder ?? process.cwd() };
  const secret = specification.hostHasCredentials ? { host: hostWithCredentials(id, specification, host) } : {};
  const loaded = await resolveTest(bundle, classNames, { ...given, ...secret } as LoadOptions);
  requireSameFiles(id, specification, loaded.files);
  if (loaded.resolved.host !== shownHostText(run.host)) {
    throw new ConfigurationError(
      `--resume ${id}: the host of the run is ${run.host}, but in this environment the host of the test is ${loaded.resolved.host}`,
    );
  }
  const restored = restoreRun(store, run, loaded.resolved, specification);
  return {
    ...definitionOf(id, loaded, specification, store),
    data: await openDataSources(bundle.hash, bundle.folder, restored.shared),
    storage: new StoredRun(store, id, readAt),
    testName: run.testName,
    facts: factsOf(loaded, specification, null),
    createdAt: run.createdAt,
    restored,
  };
}

function requireUnfinished(store: Store, id: string): RunRecord {
  const run = store.run(id);
  if (run === undefined) throw new ConfigurationError(`--resume ${id}: ${store.path} has no such run`);
  if (run.state === "finished") throw new ConfigurationError(`--resume ${id}: the run has finished`);
  return run;
}

/**
 * Waits until it is certain that no other master carries out the run: a live master writes to the store once a second.
 * @returns the last activity of the previous master
 * @throws ConfigurationError when another master writes
 */
async function silentActivity(store: Store, id: string): Promise<RunActivity> {
  const before = store.activity(id);
  const writtenMs = before.activeAt === null ? Number.NEGATIVE_INFINITY : new Date(before.activeAt).getTime();
  while (Math.abs(Date.now() - writtenMs) < silenceMs) {
    await delay(silenceMs / 10);
    const { writers, activeAt } = store.activity(id);
    if (writers === before.writers && activeAt === before.activeAt) continue;
    throw new ConfigurationError(
      `--resume ${id}: another master carries out the run (it wrote to ${store.path} at ${activeAt}): leave the run to it, or end it first`,
    );
  }
  return before;
}

/**
 * Returns the newest unfinished run of the same test and options whose workers may still be waiting for a master; null if there
 * is none.
 */
function findUnfinished(store: Store | null, { bundle }: LoadedTest, wanted: RunSpecification): string | null {
  const same = JSON.stringify({ ...wanted, seed: null });
  for (const { id, bundleHash, activeAt } of store?.unfinishedRuns() ?? []) {
    const silentMs = Date.now() - new Date(activeAt ?? 0).getTime();
    if (bundleHash !== bundle.hash || silentMs > wanted.orphanTimeoutMs + defaultConnectTimeoutMs) continue;
    const found = runSpecification.safeParse(store?.run(id)?.specification);
    if (found.success && JSON.stringify({ ...found.data, seed: null }) === same) return id;
  }
  return null;
}

function definitionOf(
  runId: string,
  { bundle, files, test, testName, resolved }: LoadedTest,
  specification: RunSpecification,
  store: Store | null,
): Omit<RunDefinition, "facts" | "createdAt" | "data"> {
  const { seed, engine, expectWorkers, expectWorkersMaxWaitMs, stopTimeoutMs } = specification;
  const { workerTimeoutMs, orphanTimeoutMs, stallLimitMs, onWorkerLoss, minWorkers, onWorkerStrain } = specification;
  return {
    runId,
    testName,
    resolved,
    bundle,
    files,
    environment: readEnvironment(),
    secretFiles: secretFilesOf(test, bundle.hash, bundle.folder),
    hasSetup: test.setup !== undefined,
    hasTeardown: test.teardown !== undefined,
    hooks: {
      ...(test.onRunStart === undefined ? {} : { onRunStart: test.onRunStart.bind(test) }),
      ...(test.onRunEnd === undefined ? {} : { onRunEnd: test.onRunEnd.bind(test) }),
    },
    seed,
    engine,
    expectWorkers,
    expectWorkersMaxWaitMs,
    stopTimeoutMs,
    workerTimeoutMs,
    orphanTimeoutMs,
    stallLimitMs,
    onWorkerLoss,
    minWorkers,
    onWorkerStrain,
    store,
    storage: store === null ? null : new StoredRun(store, runId),
    restored: null,
  };
}

/** Returns a new id, e.g. "20261123-182345-3fa9". Ids sort by time. */
export function newRunId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}
