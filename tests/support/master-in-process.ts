import { pino } from "pino";
import { Master } from "../../src/master/master.ts";
import type { RunOutcome } from "../../src/master/run-outcome.ts";
import { WorkerServer } from "../../src/master/workers/worker-server.ts";
import { ChildWorkers } from "../../src/runner/process/child-workers.ts";
import { bundleTest } from "../../src/scenario/bundle/bundle.ts";
import { loadBundle } from "../../src/scenario/bundle/load-bundle.ts";
import { resolveRun } from "../../src/scenario/resolve/resolve.ts";
import { fixture } from "./fixture.ts";
import type { SampleApi } from "./sample-api.ts";
import type { Cleanup } from "./test-process.ts";
import { patienceMs, waitUntil } from "./wait-until.ts";

const token = "secret";

/** Starts a master in this process with two worker processes and a profile of the fixture `loads`. */
export async function startMaster(
  t: Cleanup,
  profile: string,
  host: string,
): Promise<{ master: Master; ended: Promise<RunOutcome> }> {
  const bundle = await bundleTest(fixture("loads"));
  const test = await loadBundle(bundle);
  const connections = { insecure: false, connectTo: {}, allowedHosts: [new URL(host).hostname] };
  const log = pino({ level: "silent" });
  const server = new WorkerServer({ host: "127.0.0.1", port: 0, token, log });
  const master = new Master({
    runId: "live-control",
    testName: "loads",
    resolved: resolveRun(test, { profile, host, connections }),
    bundle,
    files: [],
    data: [],
    environment: {},
    secretFiles: { files: {}, matches: {} },
    hasSetup: false,
    hasTeardown: false,
    seed: 1,
    engine: "own",
    expectWorkers: 2,
    expectWorkersMaxWaitMs: patienceMs,
    stopTimeoutMs: 5_000,
    workerTimeoutMs: 4_000,
    orphanTimeoutMs: 5_000,
    stallLimitMs: 100,
    onWorkerLoss: "rebalance",
    minWorkers: 1,
    onWorkerStrain: "ignore",
    storage: null,
    restored: null,
    listener: server,
    acceptsMoreRuns: false,
    log,
  });
  master.workers.open();
  const masterPort = await server.listen();
  const workers = new ChildWorkers({
    count: 2,
    masterHost: "127.0.0.1",
    masterPort,
    token,
    connectTimeout: "90s",
    stopTimeout: "5s",
    loglevel: "error",
  });
  t.after(async () => {
    master.close();
    await server.close();
    await workers.end();
  });
  return { master, ended: master.run() };
}

/** Each user has one connection, and this request itself has another. */
export async function seesUsers(api: SampleApi, count: number, withinMs?: number): Promise<void> {
  await waitUntil(`${count} connections`, async () => (await api.counts()).connections.current === count + 1, withinMs);
}
