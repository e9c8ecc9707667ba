import { recordedMetricsOf } from "../core/thresholds/recorded-metric.ts";
import { slicesOf } from "../core/thresholds/slice.ts";
import type { PrepareMessage } from "../protocol/master-messages.ts";
import type { MasterOptions } from "./master-options.ts";
import type { RunParts } from "./run-context.ts";
import { RunEnded } from "./run-ended.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

/** Without being given more of the test. */
const loadTimeoutMs = 60_000;

type GatheringParts = Pick<RunParts, "workers" | "stop" | "options">;

/** @throws RunEnded when too few have come by then, or the run is stopped. */
export async function waitForWorkers({ workers, stop, options }: GatheringParts): Promise<void> {
  const { expectWorkers: expected, expectWorkersMaxWaitMs: maxWaitMs } = options;
  await workers.until(() => workers.connected.length >= expected || stop.isMade, maxWaitMs);
  stop.check();
  const came = workers.connected.length;
  if (came >= expected) return;
  const waited = `within ${maxWaitMs / 1_000} s`;
  throw new RunEnded({
    kind: "too-few-workers",
    message: `${came} of ${expected} expected workers came ${waited} (--expect-workers-max-wait)`,
  });
}

/**
 * Has every worker load the test.
 * @throws RunEnded when it throws while it is loaded, when no worker is left, or when the run is stopped.
 */
export async function prepareWorkers({ workers, stop, options }: GatheringParts): Promise<void> {
  const message = prepareMessage(options);
  // Whoever is away for a moment is told when it is back.
  for (const worker of workers.connected) worker.prepare(message, options.bundle);
  const loading = (worker: ConnectedWorker) => worker.state === "loading";
  const isOver = () => !workers.all.some(loading) || stop.isMade;
  // Large data takes its time on a slow line; whoever still gets some is waited for.
  for (let leftMs = loadTimeoutMs; leftMs > 0 && !isOver(); leftMs = longestLeftMs(workers.all.filter(loading))) {
    await workers.until(isOver, leftMs);
  }
  stop.check();
  const failed = workers.all.find((worker) => worker.course.loadError !== null);
  if (failed !== undefined) {
    const text = `the test could not be loaded on worker ${failed.number}: ${failed.course.loadError?.message}`;
    throw new RunEnded({ kind: "test-code-threw", message: text });
  }
  for (const worker of workers.all.filter(loading)) worker.lose("did not load the test in time");
  requireWorkers(workers.connected.length);
}

function longestLeftMs(loading: readonly ConnectedWorker[]): number {
  return Math.max(0, ...loading.map(({ delivery }) => delivery.givenAtMs + loadTimeoutMs - performance.now()));
}

/**
 * Whoever is away for a moment takes part too.
 * @throws RunEnded when the run is stopped.
 */
export async function waitForWorkersAway({ workers, stop, options }: GatheringParts): Promise<void> {
  const isAway = ({ state, isConnected }: ConnectedWorker) => state === "ready" && !isConnected;
  await workers.until(() => !workers.alive.some(isAway) || stop.isMade, options.workerTimeoutMs);
  stop.check();
}

/** What a worker has to load. */
export function prepareMessage(options: MasterOptions): Omit<PrepareMessage, "type"> {
  const { bundle, resolved, seed, environment, engine, stopTimeoutMs, orphanTimeoutMs } = options;
  const { profile, requestHost: host, selection } = resolved;
  const tags = { tags: [...selection.tags], excludeTags: [...selection.excludeTags] };
  const thresholds = [...resolved.thresholds, ...(resolved.search?.targets ?? [])];
  const slices = slicesOf(thresholds).map((slice) => ({ ...slice, conditions: [...slice.conditions] }));
  const metrics = recordedMetricsOf(thresholds).map((one) => ({ ...one, conditions: [...one.conditions] }));
  const times = { stopTimeoutMs, orphanTimeoutMs };
  return { bundleHash: bundle.hash, profile, host, seed, environment, engine, slices, metrics, ...times, ...tags };
}

/** @throws RunEnded when fewer than `atLeast` are `left`. */
export function requireWorkers(left: number, atLeast = 1): void {
  if (left >= atLeast) return;
  const message = left === 0 ? "every worker was lost" : `only ${left} of ${atLeast} expected workers stayed`;
  throw new RunEnded({ kind: "too-few-workers", message });
}
