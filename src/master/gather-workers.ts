import { namedPartsOf } from "../core/thresholds/named-parts.ts";
import { recordedMetricsOf } from "../core/thresholds/recorded-metric.ts";
import { slicesOf } from "../core/thresholds/slice.ts";
import type { PrepareMessage } from "../protocol/master-messages.ts";
import type { MasterOptions } from "./master-options.ts";
import type { RunParts } from "./run-context.ts";
import { RunEnded } from "./run-outcome.ts";
import { needsPermits } from "./shared/run-permits.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

/** The shortest time limit for a worker to load the test after a part of it was sent. */
const shortestLoadTimeoutMs = 60_000;

type GatheringParts = Pick<RunParts, "workers" | "stop" | "options" | "permits">;

/**
 * Waits for the expected workers.
 * @throws RunEnded when too few connect in time, or the run is stopped
 */
export async function waitForWorkers({ workers, stop, options }: GatheringParts): Promise<void> {
  const { expectWorkers: expected, expectWorkersMaxWaitMs: maxWaitMs } = options;
  await workers.until(() => workers.connected.length >= expected || stop.isMade, maxWaitMs);
  stop.check();
  const came = workers.connected.length;
  if (came >= expected) return;
  const waited = `within ${maxWaitMs / 1_000} s`;
  throw new RunEnded({
    kind: "too-few-workers",
    message: `${came} of ${expected} expected workers connected ${waited} (--expect-workers-max-wait)`,
  });
}

/**
 * Tells every worker to load the test, and waits until all have.
 * @throws RunEnded when the test throws while it is loaded, when no worker is left, or when the run is stopped
 */
export async function prepareWorkers({ workers, stop, options, permits }: GatheringParts): Promise<void> {
  const message = prepareMessage(options, permits.folder);
  // A worker whose socket is down at the moment gets the message when it reconnects.
  for (const worker of workers.connected) worker.prepare(message, options);
  const loading = (worker: ConnectedWorker) => worker.status === "loading";
  const isOver = () => !workers.all.some(loading) || stop.isMade;
  // Large data takes time on a slow line: wait as long as a worker still receives some.
  const timeoutMs = Math.max(shortestLoadTimeoutMs, options.expectWorkersMaxWaitMs);
  for (let leftMs = timeoutMs; leftMs > 0 && !isOver(); ) {
    await workers.until(isOver, leftMs);
    leftMs = longestLeftMs(workers.all.filter(loading), timeoutMs);
  }
  stop.check();
  const failed = workers.all.find((worker) => worker.state.loadError !== null);
  if (failed !== undefined) {
    const text = `the test could not be loaded on worker ${failed.number}: ${failed.state.loadError?.message}`;
    throw new RunEnded({ kind: "test-code-threw", message: text });
  }
  for (const worker of workers.all.filter(loading)) worker.lose("did not load the test in time");
  requireWorkers(workers.connected.length);
}

function longestLeftMs(loading: readonly ConnectedWorker[], timeoutMs: number): number {
  return Math.max(0, ...loading.map(({ socket }) => socket.delivery.givenAtMs + timeoutMs - performance.now()));
}

/**
 * Waits for workers whose socket is temporarily down, so that they take part in the load from its start.
 * @throws RunEnded when the run is stopped
 */
export async function waitForWorkersAway({ workers, stop, options }: GatheringParts): Promise<void> {
  const isAway = ({ status, isConnected }: ConnectedWorker) => status === "ready" && !isConnected;
  await workers.until(() => !workers.alive.some(isAway) || stop.isMade, options.workerTimeoutMs);
  stop.check();
}

/**
 * Returns the message that makes a worker load the test. `permitFolder`: the folder where it counts the permits it
 * uses.
 */
export function prepareMessage(options: MasterOptions, permitFolder: string | null): Omit<PrepareMessage, "type"> {
  const { bundle, resolved, seed, environment, secretFiles, engine } = options;
  const { stopTimeoutMs, orphanTimeoutMs, workerTimeoutMs, stallLimitMs } = options;
  const { profile, requestHost: host, selection, connections } = resolved;
  const tags = { tags: [...selection.tags], excludeTags: [...selection.excludeTags] };
  const thresholds = [...resolved.thresholds, ...(resolved.search?.targets ?? [])];
  const scenarios = resolved.scenarios.map(({ name }) => name);
  const slices = slicesOf(thresholds, scenarios).map((slice) => ({ ...slice, conditions: [...slice.conditions] }));
  const metrics = recordedMetricsOf(thresholds).map((one) => ({ ...one, conditions: [...one.conditions] }));
  const { requests, checks, groups } = namedPartsOf(thresholds);
  const recorded = { slices, metrics, named: { requests: [...requests], checks: [...checks], groups: [...groups] } };
  const times = { stopTimeoutMs, orphanTimeoutMs, workerTimeoutMs, stallLimitMs };
  return {
    bundleHash: bundle.hash,
    profile,
    host,
    seed,
    environment,
    secretFiles,
    connections,
    traceSample: resolved.traceSample,
    wantedRequests: wantedOf(options),
    needsPermits: needsPermits(resolved),
    permitFolder,
    engine,
    ...recorded,
    ...times,
    ...tags,
  };
}

/** The number of requests per second that all expected workers together may report to the master one by one. */
const rowsPerSecond = 10_000;
const fewestRowsPerSecond = 10;

/**
 * Returns which requests each worker reports one by one, and how many per second at most; null for none. A worker that
 * joins later has the same limit.
 */
function wantedOf({ requestRows, expectWorkers, resolved }: MasterOptions): PrepareMessage["wantedRequests"] {
  if (requestRows === undefined || requestRows === null) return null;
  const { share, hasSampled } = requestRows;
  if (share === 0 && !(hasSampled && resolved.traceSample > 0)) return null;
  return { share, hasSampled, perSecond: Math.max(fewestRowsPerSecond, Math.floor(rowsPerSecond / expectWorkers)) };
}

/** @throws RunEnded when fewer than `atLeast` workers are `left` */
export function requireWorkers(left: number, atLeast = 1): void {
  if (left >= atLeast) return;
  const message = left === 0 ? "every worker was lost" : `only ${left} of ${atLeast} expected workers are left`;
  throw new RunEnded({ kind: "too-few-workers", message });
}
